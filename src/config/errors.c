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
#include <sysexits.h>

#include "base/mem.h"
#include "base/shorten.h"
#include "config/conf.h"

#define MESSAGE_MAX 600

static char *
prefix(const struct where *w)
{
	if (w->file == NULL)
		return mem_strdup("tined: ");
	if (w->file[0] == '-')
		return mem_printf("tined: %s ", w->file);
	return mem_printf("%s:%d: ", w->file, w->line);
}

static void
append(struct errors *e, const struct complaint *c)
{
	e->v = mem_grow(e->v, e->n + 1, sizeof(*e->v));
	e->v[e->n++] = *c;
}

static void __attribute__((format(printf, 3, 0)))
add(struct errors *e, struct complaint *c, const char *fmt, va_list ap)
{
	char message[MESSAGE_MAX], shown[4 * MESSAGE_MAX + 1];
	char *place, *whole = mem_vprintf(fmt, ap);
	size_t i;

	shorten_text(message, sizeof(message), whole);
	free(whole);
	strvis(shown, message,
	    VIS_OCTAL | VIS_CSTYLE | VIS_TAB | VIS_NL | VIS_NOSLASH);
	place = prefix(&c->where);
	c->text = mem_printf("%s%s%s", place, c->warning ? "warning: " : "",
	    shown);
	free(place);
	/* What stands in defaults is wrong once, not for each service. */
	for (i = 0; i < e->n; i++) {
		if (strcmp(e->v[i].text, c->text) == 0) {
			free(c->text);
			return;
		}
	}
	append(e, c);
}

void
errors_add(struct errors *e, const struct where *w, const char *fmt, ...)
{
	struct complaint c = { .text = NULL };
	va_list ap;

	if (e->n >= ERRORS_MAX) {
		e->nmore++;
		return;
	}
	if (w != NULL)
		c.where = *w;
	va_start(ap, fmt);
	add(e, &c, fmt, ap);
	va_end(ap);
}

void
errors_warn(struct errors *e, const struct where *w, const char *fmt, ...)
{
	struct complaint c = { .warning = true };
	va_list ap;

	if (e->n >= ERRORS_MAX) {
		e->nmore_warnings++;
		return;
	}
	if (w != NULL)
		c.where = *w;
	va_start(ap, fmt);
	add(e, &c, fmt, ap);
	va_end(ap);
}

bool
errors_any(const struct errors *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (!e->v[i].warning)
			return true;
	return e->nmore > 0;
}

int
errors_exit_code(const struct errors *e)
{
	return e->exit_code != 0 ? e->exit_code : EX_CONFIG;
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
	struct complaint c;
	size_t i, j;

	for (i = 1; i < e->n; i++) {
		c = e->v[i];
		for (j = i; j > 0; j--) {
			if (!is_before(&c.where, &e->v[j - 1].where, files))
				break;
			e->v[j] = e->v[j - 1];
		}
		e->v[j] = c;
	}
	if (e->nmore > 0) {
		c = (struct complaint) {
			.text = mem_printf("tined: and %zu more mistakes",
			    e->nmore)
		};
		append(e, &c);
	}
	if (e->nmore_warnings > 0) {
		c = (struct complaint) { .warning = true,
			.text = mem_printf("tined: and %zu more warnings",
			    e->nmore_warnings) };
		append(e, &c);
	}
}

void
errors_free(struct errors *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		free(e->v[i].text);
	free(e->v);
	*e = (struct errors) { 0 };
}
