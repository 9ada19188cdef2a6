/* SPDX-License-Identifier: ISC */
/* Computed in double, which is exact enough up to the limits below. */
#include "config.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tine/units.h"

#define HOURS_1000 3600e12 /* ns */

struct unit {
	const char *name;
	double factor;
};

static const struct unit durations[] = {
	{ "", 1e9 }, /* seconds */
	{ "us", 1e3 },
	{ "ms", 1e6 },
	{ "s", 1e9 },
	{ "m", 60e9 },
	{ "h", 3600e9 },
	{ NULL, 0 },
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "k", 1024.0 },
	{ "K", 1024.0 },
	{ "M", 1024.0 * 1024 },
	{ "G", 1024.0 * 1024 * 1024 },
	{ NULL, 0 },
};

static const struct unit counts[] = {
	{ "", 1 },
	{ "k", 1e3 },
	{ "K", 1e3 },
	{ "M", 1e6 },
	{ "G", 1e9 },
	{ NULL, 0 },
};

/* Reads number and unit; decimal digits only, no sign, no exponent. */
static const char *
read_number(const char *text, const struct unit *unit, double max, double *out)
{
	char *end;
	size_t len;
	double value;

	len = strspn(text, "0123456789.");
	if (len == 0 || !isdigit((unsigned char)text[0]))
		return "not a number";
	value = strtod(text, &end);
	if (end != text + len)
		return "not a number";
	while (unit->name != NULL && strcmp(unit->name, end) != 0)
		unit++;
	if (unit->name == NULL)
		return "unknown unit";
	value *= unit->factor;
	if (!(value <= max))
		return "too large";
	*out = value;
	return NULL;
}

const char *
units_duration(const char *text, int64_t *ns)
{
	const char *why;
	double value;

	if ((why = read_number(text, durations, HOURS_1000, &value)) == NULL)
		*ns = (int64_t)(value + 0.5);
	return why;
}

const char *
units_size(const char *text, uint64_t *bytes)
{
	const char *why;
	double value;

	if ((why = read_number(text, sizes, 0x1p50, &value)) == NULL)
		*bytes = (uint64_t)(value + 0.5);
	return why;
}

const char *
units_count(const char *text, uint64_t *count)
{
	const char *why;
	double value;

	if ((why = read_number(text, counts, 1e15, &value)) != NULL)
		return why;
	if (value != floor(value))
		return "not a whole number";
	*count = (uint64_t)value;
	return NULL;
}

static struct units_text
print_scaled(double value, const char *unit)
{
	struct units_text t;
	int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	snprintf(t.s, sizeof(t.s), "%.*f %s", digits, value, unit);
	return t;
}

struct units_text
units_print_time(double ns)
{
	if (ns < 999.5e3)
		return print_scaled(ns / 1e3, "us");
	if (ns < 999.5e6)
		return print_scaled(ns / 1e6, "ms");
	return print_scaled(ns / 1e9, "s");
}

struct units_text
units_print_bytes(double bytes)
{
	static const char *const names[] = { "B", "kB", "MB", "GB", "TB",
		"PB" };
	struct units_text t;
	size_t i;

	if (bytes < 999.5) {
		snprintf(t.s, sizeof(t.s), "%.0f B", bytes);
		return t;
	}
	for (i = 0; bytes >= 999.5 && i + 1 < sizeof(names) / sizeof(names[0]);
	     i++)
		bytes /= 1000;
	return print_scaled(bytes, names[i]);
}

struct units_text
units_print_count(uint64_t count)
{
	struct units_text t;
	char digits[24];
	size_t n, i, o;

	n = (size_t)snprintf(digits, sizeof(digits), "%llu",
	    (unsigned long long)count);
	for (i = o = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			t.s[o++] = ',';
		t.s[o++] = digits[i];
	}
	t.s[o] = '\0';
	return t;
}

int64_t
units_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

void
units_timespec(int64_t ns, struct timespec *ts)
{
	if (ns < 0)
		ns = 0;
	ts->tv_sec = ns / NS_PER_S;
	ts->tv_nsec = ns % NS_PER_S;
}
