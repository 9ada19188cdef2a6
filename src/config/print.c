/* SPDX-License-Identifier: ISC */
/*
 * Printing values of directives, so that they are read back as they are.
 */
#include "config.h"

#include <sys/resource.h>

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/capname.h"
#include "config/value.h"

/*
 * A string between double quotes.  `$` is escaped because libConfuse replaces
 * ${NAME}; what is not printable is \xHH, which takes two digits at most,
 * where an octal escape would run into a digit that follows.
 */
static void
add_quoted(struct buf *t, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p;

	buf_char(t, '"');
	for (p = (const unsigned char *)s; *p != '\0'; p++) {
		if (*p == '\n') {
			buf_str(t, "\\n");
		} else if (*p < ' ' || *p == 0x7f) {
			buf_str(t, "\\x");
			buf_char(t, hex[*p >> 4]);
			buf_char(t, hex[*p & 15]);
		} else {
			if (strchr("\"\\$", *p) != NULL)
				buf_char(t, '\\');
			buf_char(t, (char)*p);
		}
	}
	buf_char(t, '"');
}

static char *
quoted(const char *s)
{
	struct buf t = { 0 };

	add_quoted(&t, s);
	return buf_take(&t);
}

static char *
print_string(const struct directive *d, const char *s)
{
	if (s == NULL)
		return mem_strdup(d->type == TYPE_STRING ? "\"\"" : "none");
	return quoted(s);
}

static char *
print_list(const struct list *l)
{
	struct buf t = { 0 };
	size_t i;

	buf_char(&t, '{');
	for (i = 0; i < l->n; i++) {
		if (i > 0)
			buf_str(&t, ", ");
		add_quoted(&t, l->v[i].text);
	}
	buf_char(&t, '}');
	return buf_take(&t);
}

static char *
print_capabilities(uint64_t caps)
{
	struct buf t = { 0 };
	const char *name, *comma = "";
	int i;

	buf_char(&t, '{');
	for (i = 0; (name = capability_name(i)) != NULL; i++) {
		if ((caps >> i & 1) == 0)
			continue;
		buf_str(&t, comma);
		add_quoted(&t, name);
		comma = ", ";
	}
	buf_char(&t, '}');
	return buf_take(&t);
}

char *
value_duration_text(int64_t ms)
{
	if (ms % 3600000 == 0 && ms != 0)
		return mem_printf("%" PRId64 "h", ms / 3600000);
	if (ms % 60000 == 0 && ms >= 600000)
		return mem_printf("%" PRId64 "m", ms / 60000);
	if (ms % 1000 == 0)
		return mem_printf("%" PRId64 "s", ms / 1000);
	return mem_printf("%" PRId64 "ms", ms);
}

static char *
print_size(uint64_t n)
{
	static const char units[] = "\0kMGT";
	size_t i = 0;

	while (n != 0 && n % 1024 == 0 && i < sizeof(units) - 2) {
		n /= 1024;
		i++;
	}
	if (i == 0)
		return mem_printf("%" PRIu64, n);
	return mem_printf("%" PRIu64 "%c", n, units[i]);
}

static char *
print_limit(const struct directive *d, const struct settings_limit *l)
{
	if (!l->set)
		return mem_strdup("inherited");
	if (l->value == RLIM_INFINITY)
		return mem_strdup("unlimited");
	if (d->type == TYPE_SIZE_LIMIT)
		return print_size(l->value);
	if (d->type == TYPE_DURATION_LIMIT)
		return value_duration_text((int64_t)l->value * 1000);
	return mem_printf("%" PRIu64, l->value);
}

static char *
print_rate(const struct rate *r)
{
	if (r->rate == 0)
		return mem_strdup("none");
	return mem_printf("{%" PRIu32 ", %" PRIu32 "}", r->rate, r->burst);
}

static char *
print_choice(const struct directive *d, unsigned int value)
{
	const struct choice *c;

	for (c = d->choices; c->name != NULL; c++)
		if ((unsigned int)c->value == value)
			return mem_strdup(c->name);
	return mem_strdup("");
}

char *
value_text(const struct directive *d, const void *conf)
{
	const void *m = (const char *)conf + d->offset;

	switch (d->type) {
	case TYPE_STRING:
	case TYPE_NAME:
	case TYPE_PATH:
		return print_string(d, *(char *const *)m);
	case TYPE_LIST:
		return print_list(m);
	case TYPE_BOOL:
		return mem_strdup(*(const bool *)m ? "yes" : "no");
	case TYPE_COUNT:
		return mem_printf("%u", *(const unsigned int *)m);
	case TYPE_INT:
		return mem_printf("%d", *(const int *)m);
	case TYPE_DURATION:
		if (*(const int64_t *)m == 0 && d->none_allowed)
			return mem_strdup("none");
		return value_duration_text(*(const int64_t *)m);
	case TYPE_MODE:
		return mem_printf("0%02o", (unsigned int)*(const mode_t *)m);
	case TYPE_CHOICE:
		return print_choice(d, *(const unsigned int *)m);
	case TYPE_BUILTIN:
		if (*(const int *)m == BUILTIN_NONE)
			return mem_strdup("none");
		return mem_strdup(builtin_name(*(const enum builtin *)m));
	case TYPE_RATE:
		return print_rate(m);
	case TYPE_CAPABILITIES:
		return print_capabilities(*(const uint64_t *)m);
	default:
		return print_limit(d, m);
	}
}
