/* SPDX-License-Identifier: ISC */
/*
 * Complaints about a configuration, each one line whatever it quotes.
 */
#include "config.h"

#include <bsd/vis.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "main/config.h"
#include "main/mem.h"

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

void
errors_add(struct errors *e, const struct where *w, const char *fmt, ...)
{
	char message[MESSAGE_MAX], shown[4 * MESSAGE_MAX + 1];
	va_list ap;
	char *place;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	strvis(shown, message, VIS_CSTYLE | VIS_TAB | VIS_NL | VIS_NOSLASH);
	place = prefix(w);
	e->v = mem_grow(e->v, e->n + 1, sizeof(*e->v));
	e->v[e->n++] = mem_printf("%s%s", place, shown);
	free(place);
}

void
errors_free(struct errors *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		free(e->v[i]);
	free(e->v);
	*e = (struct errors) { 0 };
}
