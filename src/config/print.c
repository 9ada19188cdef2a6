/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "config/capname.h"
#include "config/print.h"
#include "config/unit.h"

/* Adds a text, and frees it. */
static void
add(struct buf *t, char *s)
{
	buf_str(t, s);
	free(s);
}

/*
 * A string between double quotes.  `$` is escaped because ${NAME} is replaced;
 * what is not printable is \xHH, which takes two digits at most, where an
 * octal escape would run into a digit that follows.
 */
static void
add_quoted(struct buf *t, const char *s)
{
	buf_char(t, '"');
	for (; *s != '\0'; s++) {
		if (*s == '\n') {
			buf_str(t, "\\n");
		} else if ((unsigned char)*s < ' ' || *s == 0x7f) {
			add(t, mem_printf("\\x%02x", (unsigned int)*s));
		} else {
			if (strchr("\"\\$", *s) != NULL)
				buf_char(t, '\\');
			buf_char(t, *s);
		}
	}
	buf_char(t, '"');
}

static void
print_string(struct buf *t, const struct directive *d, const char *s)
{
	if (s != NULL)
		add_quoted(t, s);
	else
		buf_str(t, d->type == TYPE_STRING ? "\"\"" : "none");
}

static void
print_list(struct buf *t, const struct list *l)
{
	size_t i;

	buf_char(t, '{');
	for (i = 0; i < l->n; i++) {
		buf_str(t, i == 0 ? "" : ", ");
		add_quoted(t, l->v[i].text);
	}
	buf_char(t, '}');
}

static void
print_capabilities(struct buf *t, uint64_t caps)
{
	const char *name, *comma = "";
	int i;

	buf_char(t, '{');
	for (i = 0; (name = capability_name(i)) != NULL; i++) {
		if ((caps >> i & 1) == 0)
			continue;
		add(t, mem_printf("%s\"cap_%s\"", comma, name));
		comma = ", ";
	}
	buf_char(t, '}');
}

static char *
format_limit(const struct directive *d, const struct settings_limit *l)
{
	if (!l->set)
		return mem_strdup("inherited");
	if (l->value == RLIM_INFINITY)
		return mem_strdup("unlimited");
	if (d->type == TYPE_SIZE_LIMIT)
		return unit_print_size(l->value);
	if (d->type == TYPE_DURATION_LIMIT)
		return unit_print_duration((int64_t)l->value * 1000);
	return mem_printf("%" PRIu64, l->value);
}

static char *
format_rate(const struct rate *r)
{
	if (r->rate == 0)
		return mem_strdup("none");
	return mem_printf("{%" PRIu32 ", %" PRIu32 "}", r->rate, r->burst);
}

static char *
format_duration(const struct directive *d, int64_t ms)
{
	return ms == 0 && d->none_allowed ? mem_strdup("none") :
					    unit_print_duration(ms);
}

void
print_value(struct buf *t, const struct directive *d, const void *conf)
{
	const void *m = (const char *)conf + d->offset;

	switch (d->type) {
	case TYPE_STRING:
	case TYPE_NAME:
	case TYPE_PATH:
		print_string(t, d, *(const char *const *)m);
		break;
	case TYPE_LIST:
		print_list(t, m);
		break;
	case TYPE_BOOL:
		buf_str(t, *(const bool *)m ? "yes" : "no");
		break;
	case TYPE_INT:
		buf_int(t, *(const int *)m);
		break;
	case TYPE_DURATION:
		add(t, format_duration(d, *(const int64_t *)m));
		break;
	case TYPE_MODE:
		add(t, mem_printf("0%02o", (unsigned int)*(const mode_t *)m));
		break;
	case TYPE_CHOICE:
		buf_str(t, d->choices[*(const int *)m - d->min]);
		break;
	case TYPE_RATE:
		add(t, format_rate(m));
		break;
	case TYPE_CAPABILITIES:
		print_capabilities(t, *(const uint64_t *)m);
		break;
	default:
		add(t, format_limit(d, m));
	}
}

static void
print_members(struct buf *t, const char *indent, const struct setting *set,
    const void *conf)
{
	for (; set->d != NULL; set++) {
		add(t, mem_printf("%s%s = ", indent, set->d->name));
		print_value(t, set->d, conf);
		buf_char(t, '\n');
	}
}

void
print_service(struct buf *t, const struct service_conf *sc)
{
	add(t, mem_printf("service %s {\n", sc->name));
	print_members(t, "\t", sc->set, sc);
	buf_str(t, "}\n");
}

int
print_config(const struct config *c, int fd)
{
	const struct service_conf *sc;
	struct buf t = { 0 };
	int result;

	print_members(&t, "", c->set, c);
	TAILQ_FOREACH (sc, &c->services, entry) {
		buf_char(&t, '\n');
		print_service(&t, sc);
	}
	result = io_write_all(fd, t.s, t.len);
	free(t.s);
	return result;
}
