/* SPDX-License-Identifier: ISC */
/*
 * Complaints about a configuration, each one line whatever it quotes.
 */
#include "config.h"

#define LIBBSD_OPENBSD_VIS /* which of the two strnvis is meant */
#include <bsd/vis.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/conf/conf.h"
#include "main/conf/mem.h"

#define MESSAGE_MAX 600

static char *
prefix(const struct where *w)
{
	if (w == NULL || w->file == NULL)
		return mem_strdup("tined: ");
	if (w->file[0] == '-')
		return mem_printf("tined: %s ", w->file);
	return mem_printf("%s:%d: ", w->file, w->line);
}

static void
append(struct errors *e, const struct where *w, char *line)
{
	static const struct where nowhere = { .line = 0 };

	e->v = mem_grow(e->v, e->n + 1, sizeof(*e->v));
	e->where = mem_grow(e->where, e->n + 1, sizeof(*e->where));
	e->where[e->n] = w == NULL ? nowhere : *w;
	e->v[e->n++] = line;
}

void
errors_add(struct errors *e, const struct where *w, const char *fmt, ...)
{
	char message[MESSAGE_MAX], shown[4 * MESSAGE_MAX + 1];
	char *line, *place;
	va_list ap;
	size_t i;

	if (e->n == ERRORS_MAX) {
		e->nmore++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	strvis(shown, message,
	    VIS_OCTAL | VIS_CSTYLE | VIS_TAB | VIS_NL | VIS_NOSLASH);
	place = prefix(w);
	line = mem_printf("%s%s", place, shown);
	free(place);
	/* What stands in defaults is wrong once, not for each service. */
	for (i = 0; i < e->n; i++) {
		if (strcmp(e->v[i], line) == 0) {
			free(line);
			return;
		}
	}
	append(e, w, line);
}

static size_t
rank(const char *file, char *const *files)
{
	size_t i;

	for (i = 0; files[i] != NULL; i++)
		if (file == files[i])
			return i + 1;
	return 0;
}

static bool
is_before(const struct where *a, const struct where *b, char *const *files)
{
	size_t ranka = rank(a->file, files), rankb = rank(b->file, files);

	return ranka < rankb || (ranka == rankb && a->line < b->line);
}

void
errors_sort(struct errors *e, char *const *files)
{
	struct where where;
	size_t i, j;
	char *line;

	for (i = 1; i < e->n; i++) {
		line = e->v[i];
		where = e->where[i];
		for (j = i; j > 0; j--) {
			if (!is_before(&where, &e->where[j - 1], files))
				break;
			e->v[j] = e->v[j - 1];
			e->where[j] = e->where[j - 1];
		}
		e->v[j] = line;
		e->where[j] = where;
	}
	if (e->nmore > 0)
		append(e, NULL,
		    mem_printf("tined: and %zu more mistakes", e->nmore));
}

void
errors_free(struct errors *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		free(e->v[i]);
	free(e->v);
	free(e->where);
	*e = (struct errors) { 0 };
}
