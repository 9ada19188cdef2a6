/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/shorten.h"
#include "config/unit.h"

/* A decimal number without sign or blanks; *rest is what follows it.  NULL, or
 * a reason: missing where text does not begin with a digit. */
static const char *
read_number(const char *text, const char *missing, uint64_t *n,
    const char **rest)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return missing;
	errno = 0;
	*n = strtoull(text, &end, 10);
	*rest = end;
	return errno == ERANGE ? "is too large" : NULL;
}

const char *
unit_read_duration(const char *text, int64_t *ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 } };
	const char *rest, *why;
	uint64_t n;
	size_t i;

	why = read_number(text, "is not a duration (500ms, 30s, 10m, 2h)", &n,
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
unit_read_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "kMGT";
	const char *rest, *unit, *why;
	unsigned int shift = 0;
	uint64_t n;

	why = read_number(text, "is not a size (4096, 64k, 16M, 1G)", &n,
	    &rest);
	if (why != NULL)
		return why;
	if (*rest != '\0') {
		unit = strchr(units, *rest == 'K' ? 'k' : *rest);
		if (unit == NULL || rest[1] != '\0')
			return "has no known unit (k, M, G, T)";
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (n > ((uint64_t)INT64_MAX >> shift))
		return "is too large";
	*bytes = n << shift;
	return NULL;
}

char *
unit_print_duration(int64_t ms)
{
	if (ms % 3600000 == 0 && ms != 0)
		return mem_printf("%" PRId64 "h", ms / 3600000);
	if (ms % 60000 == 0 && ms >= 600000)
		return mem_printf("%" PRId64 "m", ms / 60000);
	if (ms % 1000 == 0)
		return mem_printf("%" PRId64 "s", ms / 1000);
	return mem_printf("%" PRId64 "ms", ms);
}

char *
unit_print_size(uint64_t bytes)
{
	const char *unit = "kMGT";
	char suffix[2] = "";

	for (; bytes != 0 && bytes % 1024 == 0 && *unit != '\0'; bytes /= 1024)
		suffix[0] = *unit++;
	return mem_printf("%" PRIu64 "%s", bytes, suffix);
}

const char *
unit_shown(const char *text)
{
	static char shown[200];

	return text[0] == '\0' ? "\"\"" :
				 shorten_text(shown, sizeof(shown), text);
}
