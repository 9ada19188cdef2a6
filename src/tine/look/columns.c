/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tine/look/look.h"
#include "tine/units.h"

void
table_cell(struct table *t, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_add(&t->cells, text, strlen(text) + 1);
	t->n++;
}

static void
measure(struct table *t)
{
	const size_t columns = strlen(t->format);
	const char *cell = t->cells.s;
	size_t i;
	int len;

	for (i = 0; i < t->n; i++, cell += len + 1) {
		len = (int)strlen(cell);
		if (len > t->width[i % columns])
			t->width[i % columns] = len;
	}
}

static void
add_blanks(struct buf *b, int n)
{
	for (; n > 0; n--)
		buf_char(b, ' ');
}

const char *
table_line(struct table *t)
{
	const char *cell, *column;
	int pad;

	if (t->ntaken == 0)
		measure(t);
	if (t->ntaken == t->n) {
		t->n = t->ntaken = t->taken = t->cells.len = 0;
		return NULL;
	}
	t->line.len = 0;
	for (column = t->format; *column != '\0'; column++) {
		cell = t->cells.s + t->taken;
		t->taken += strlen(cell) + 1;
		t->ntaken++;
		pad = t->width[column - t->format] - (int)strlen(cell);
		if (*column == 'r')
			add_blanks(&t->line, pad);
		buf_str(&t->line, cell);
		if (column[1] == '\0')
			break;
		add_blanks(&t->line, *column == 'l' ? pad + 2 : 2);
	}
	return buf_string(&t->line);
}

void
table_end(struct table *t)
{
	free(t->cells.s);
	free(t->line.s);
	*t = (struct table) { .format = t->format };
}

void
table_print(struct table *t, FILE *fp)
{
	const char *line;

	while ((line = table_line(t)) != NULL)
		fprintf(fp, "%s\n", line);
	table_end(t);
}

struct units_text
look_age(int64_t ms)
{
	const long long s = ms / 1000;
	struct units_text t;

	if (s < 60)
		snprintf(t.s, sizeof(t.s), "%lld s", s < 0 ? 0 : s);
	else if (s < 3600)
		snprintf(t.s, sizeof(t.s), "%lld min", s / 60);
	else if (s < 86400)
		snprintf(t.s, sizeof(t.s), "%lld h %lld min", s / 3600,
		    s / 60 % 60);
	else
		snprintf(t.s, sizeof(t.s), "%lld d %lld h", s / 86400,
		    s / 3600 % 24);
	return t;
}

struct units_text
look_amount(uint64_t n)
{
	static const char units[] = " kMGTPE";
	double value = (double)n;
	struct units_text t;
	size_t i = 0;

	if (n < 1000) {
		snprintf(t.s, sizeof(t.s), "%u", (unsigned int)n);
		return t;
	}
	for (; value >= 999.95 && i + 2 < sizeof(units); i++)
		value /= 1000;
	snprintf(t.s, sizeof(t.s), "%.1f %c", value, units[i]);
	return t;
}

struct units_text
look_rate(double n)
{
	struct units_text t;

	if (n >= 100)
		return units_print_count((uint64_t)(n + 0.5));
	snprintf(t.s, sizeof(t.s), "%.1f", n);
	return t;
}
