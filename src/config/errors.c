/* SPDX-License-Identifier: ISC */
#include "config.h"

#define LIBBSD_OPENBSD_VIS /* which of the two strnvis is meant */
#include <bsd/stdlib.h>
#include <bsd/vis.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/shorten.h"
#include "config/errors.h"

#define MESSAGE_MAX 600
#define SHOWN_MAX   (4 * MESSAGE_MAX + 1)

static const struct where nowhere = { .file = NULL };

static char *
format_place(const struct where *w)
{
	if (w->file == NULL)
		return mem_strdup("tined: ");
	if (w->file[0] == '-')
		return mem_printf("tined: %s ", w->file);
	return mem_printf("%s:%d: ", w->file, w->line);
}

/* One line, of as much of the text as fits in size bytes. */
static void
encode(char shown[static SHOWN_MAX], size_t size, const char *text)
{
	char message[MESSAGE_MAX];

	shorten_text(message, size, text);
	strvis(shown, message,
	    VIS_OCTAL | VIS_CSTYLE | VIS_TAB | VIS_NL | VIS_NOSLASH);
}

static void
append(struct errors *e, const struct where *w, bool warning, char *text)
{
	e->v = mem_grow(e->v, e->n + 1, sizeof(*e->v));
	e->v[e->n++] = (struct complaint) { text, *w, warning };
}

static bool
is_known(const struct errors *e, const char *text)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (strcmp(e->v[i].text, text) == 0)
			return true;
	return false;
}

void
errors_vadd(struct errors *e, const struct where *w, bool warning,
    const char *fmt, va_list ap)
{
	char shown[SHOWN_MAX], *place, *text;

	if (e->n >= ERRORS_MAX) {
		e->nmore[warning]++;
		return;
	}
	if (w == NULL)
		w = &nowhere;
	text = mem_vprintf(fmt, ap);
	encode(shown, MESSAGE_MAX, text);
	free(text);
	place = format_place(w);
	text = mem_printf("%s%s%s", place, warning ? "warning: " : "", shown);
	free(place);
	/* An error in defaults is reported once, not for each service. */
	if (is_known(e, text))
		free(text);
	else
		append(e, w, warning, text);
}

void
errors_add(struct errors *e, const struct where *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	errors_vadd(e, w, false, fmt, ap);
	va_end(ap);
}

void
errors_warn(struct errors *e, const struct where *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	errors_vadd(e, w, true, fmt, ap);
	va_end(ap);
}

void
errors_add_for(struct errors *e, const struct where *w, const char *directive,
    const char *reason)
{
	if (w != NULL && w->file != NULL &&
	    (strcmp(w->file, "-l") == 0 || strcmp(w->file, "-s") == 0))
		errors_add(e, w, "%s", reason);
	else
		errors_add(e, w, "%s: %s", directive, reason);
}

void
errors_add_unknown(struct errors *e, const struct where *w, const char *name,
    const char *meant)
{
	errors_add(e, w,
	    meant == NULL ? "%s: unknown directive" :
			    "%s: unknown directive (%s?)",
	    name, meant);
}

int
errors_fail(struct failure *f, int exit_code, const char *fmt, ...)
{
	char whole[2048], shown[SHOWN_MAX];
	va_list ap;

	f->exit_code = exit_code;
	f->busy = false;
	va_start(ap, fmt);
	vsnprintf(whole, sizeof(whole), fmt, ap);
	va_end(ap);
	encode(shown, sizeof(f->text), whole);
	shorten_text(f->text, sizeof(f->text), shown);
	return -1;
}

bool
errors_any(const struct errors *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (!e->v[i].warning)
			return true;
	return e->nmore[0] > 0;
}

int
errors_exit_code(const struct errors *e)
{
	return e->exit_code != 0 ? e->exit_code : EX_CONFIG;
}

static int
by_place(const void *va, const void *vb)
{
	const struct complaint *a = va, *b = vb;

	if (a->where.nth != b->where.nth)
		return a->where.nth < b->where.nth ? -1 : 1;
	return (a->where.line > b->where.line) -
	    (a->where.line < b->where.line);
}

void
errors_sort(struct errors *e)
{
	static const char *const names[] = { "errors", "warnings" };
	int i;

	if (e->n > 0)
		mergesort(e->v, e->n, sizeof(*e->v), by_place);
	for (i = 0; i < 2; i++)
		if (e->nmore[i] > 0)
			append(e, &nowhere, i == 1,
			    mem_printf("tined: and %zu more %s", e->nmore[i],
				names[i]));
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
