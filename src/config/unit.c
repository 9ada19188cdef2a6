/* SPDX-License-Identifier: ISC */
/*
 * Numbers and the units behind them, as directives' values have them.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/shorten.h"
#include "config/value.h"

/* A decimal number without sign or blanks; *rest is what follows it.  NULL, or
 * a reason: missing where text does not begin with a digit. */
static const char *
number(const char *text, const char *missing, uint64_t *n, const char **rest)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return missing;
	errno = 0;
	*n = strtoull(text, &end, 10);
	if (errno == ERANGE)
		return "is too large";
	*rest = end;
	return NULL;
}

const char *
value_duration(const char *text, int64_t *ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 } };
	const char *rest, *why;
	uint64_t n;
	size_t i;

	why = number(text, "is not a duration (500ms, 30s, 10m, 2h)", &n,
	    &rest);
	if (why != NULL)
		return why;
	if (*rest == '\0' && n != 0)
		return "has no unit (ms, s, m, h)";
	if (*rest == '\0')
		rest = "s";
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(rest, units[i].name) != 0)
			continue;
		if (n > INT64_MAX / units[i].ms)
			return "is too large";
		*ms = (int64_t)(n * units[i].ms);
		return NULL;
	}
	return "has no known unit (ms, s, m, h)";
}

const char *
value_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "kMGT";
	const char *rest, *unit, *why;
	unsigned int shift;
	uint64_t n;

	why = number(text, "is not a size (4096, 64k, 16M, 1G)", &n, &rest);
	if (why != NULL)
		return why;
	if (*rest == 'K')
		rest = rest[1] == '\0' ? "k" : rest;
	shift = 0;
	if (*rest != '\0') {
		unit = strchr(units, *rest);
		if (unit == NULL || rest[1] != '\0')
			return "has no known unit (k, M, G, T)";
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (n > ((uint64_t)INT64_MAX >> shift))
		return "is too large";
	*bytes = n << shift;
	return NULL;
}

const char *
value_bool(const char *text, bool *out)
{
	static const char *const yes[] = { "yes", "true", "on" };
	static const char *const no[] = { "no", "false", "off" };
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			*out = strcmp(text, yes[i]) == 0;
			return NULL;
		}
	}
	return "must be yes or no";
}

const char *
value_mode(const char *text, mode_t *mode)
{
	unsigned int m = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '7' && m <= 07777; p++)
		m = m * 8 + (unsigned int)(*p - '0');
	if (*p != '\0' || p == text)
		return "is no octal mode (022, 0666)";
	*mode = (mode_t)m;
	return NULL;
}

const char *
value_shown(const char *text)
{
	static char shown[200];

	return text[0] == '\0' ? "\"\"" :
				 shorten_text(shown, sizeof(shown), text);
}
