/* SPDX-License-Identifier: ISC */
/*
 * The table of directives: what can be configured, as what, and what holds
 * where nothing is.  From it come the conversion, the checks, -T, and the test
 * that compares it with the manual.  A new directive is one row.
 */
#ifndef TINED_CONFIG_DIRECTIVE_H
#define TINED_CONFIG_DIRECTIVE_H

#include <stddef.h>
#include <stdint.h>

enum scope {
	SCOPE_GLOBAL, /* member of struct config */
	SCOPE_SERVICE /* member of struct service_conf; also in defaults */
};

enum type {
	TYPE_STRING,         /* const char *; empty: NULL */
	TYPE_NAME,           /* const char *; empty or none: NULL */
	TYPE_PATH,           /* const char *, absolute; empty or none: NULL */
	TYPE_LIST,           /* struct list */
	TYPE_BOOL,           /* bool */
	TYPE_INT,            /* int, also unsigned where min is not below 0 */
	TYPE_DURATION,       /* int64_t, ms; none is 0 where none_allowed */
	TYPE_MODE,           /* mode_t, octal */
	TYPE_CHOICE,         /* an enum that counts from min */
	TYPE_RATE,           /* struct rate; none: rate 0 */
	TYPE_SIZE_LIMIT,     /* struct settings_limit, bytes */
	TYPE_NUMBER_LIMIT,   /* struct settings_limit, a count */
	TYPE_DURATION_LIMIT, /* struct settings_limit, seconds */
	TYPE_CAPABILITIES,   /* uint64_t, 1 << CAP_... */
	TYPES
};

struct directive {
	const char *name;
	enum type type;
	const char *def; /* as text, read like a value; "" is empty */
	int64_t min;     /* of numbers, durations (ms) and rates */
	int64_t max;
	const char *const *choices; /* of values from min on, NULL at the end */
	int none_allowed;           /* a duration may be none */
	const char *same_as; /* a duration may be that of this directive */
	size_t offset;
};

/* The rows of a scope; *n of them. */
const struct directive *directive_rows(enum scope scope, size_t *n);

/* The name in that scope that was perhaps meant; NULL. */
const char *directive_nearest(enum scope scope, const char *name);

#endif
