/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tine/look/look.h"
#include "tine/units.h"

#define COLUMNS_MAX 16

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

void
table_print(struct table *t, FILE *fp)
{
	const size_t columns = strlen(t->format);
	int width[COLUMNS_MAX] = { 0 }, len;
	const char *cell = t->cells.s;
	size_t i, column;

	for (i = 0; i < t->n; i++, cell += len + 1) {
		len = (int)strlen(cell);
		if (len > width[i % columns])
			width[i % columns] = len;
	}
	cell = t->cells.s;
	for (i = 0; i < t->n; i++, cell += strlen(cell) + 1) {
		column = i % columns;
		if (t->format[column] == 'r')
			fprintf(fp, "%*s", width[column], cell);
		else if (column + 1 < columns)
			fprintf(fp, "%-*s", width[column], cell);
		else
			fputs(cell, fp);
		fputs(column + 1 < columns ? "  " : "\n", fp);
	}
	free(t->cells.s);
	t->cells = (struct buf) { 0 };
	t->n = 0;
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
