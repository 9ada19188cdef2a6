/* SPDX-License-Identifier: ISC */
/*
 * Reading values of directives.  A reader gets the items that were written,
 * and either sets the member or says why not; value_set frees what was there.
 */
#include "config.h"

#include <bsd/stdlib.h>
#include <sys/resource.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/shorten.h"
#include "config/capname.h"
#include "config/value.h"

typedef int value_reader(const struct directive *, const struct list *, void *,
    struct value_error *);

static int wrong(struct value_error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
wrong(struct value_error *err, const char *fmt, ...)
{
	va_list ap;
	char *whole;

	va_start(ap, fmt);
	whole = mem_vprintf(fmt, ap);
	va_end(ap);
	shorten_text(err->text, sizeof(err->text), whole);
	free(whole);
	return -1;
}

static int
read_string(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	const char *text = items->v[0].text;
	bool later = strcmp(d->def, "auto") == 0 && strcmp(text, "auto") == 0;
	bool none = text[0] == '\0' ||
	    (d->type != TYPE_STRING && strcmp(text, "none") == 0);

	if (d->type == TYPE_PATH && !none && !later && text[0] != '/')
		return wrong(err, "%s: must be an absolute path",
		    value_shown(text));
	*(char **)member = none ? NULL : mem_strdup(text);
	return 0;
}

static int
read_list(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	(void)d;
	(void)err;
	*(struct list *)member = (struct list) { 0 };
	list_copy(member, items);
	return 0;
}

static int
read_bool(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	const char *text = items->v[0].text, *why;

	(void)d;
	why = value_bool(text, member);
	return why == NULL ? 0 : wrong(err, "%s: %s", value_shown(text), why);
}

/* A number in the directive's range, with a sign where that allows one. */
static int
read_int64(const struct directive *d, const char *text, int64_t *out,
    struct value_error *err)
{
	const char *why, *digits = text;

	if (d->min < 0 && (*text == '-' || *text == '+'))
		digits++;
	if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
		return wrong(err, "%s: is not a number", value_shown(text));
	*out = strtonum(text, d->min, d->max, &why);
	if (why != NULL)
		return wrong(err, "%s: must be %" PRId64 " to %" PRId64,
		    value_shown(text), d->min, d->max);
	return 0;
}

static int
read_count(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	int64_t n;

	if (read_int64(d, items->v[0].text, &n, err) == -1)
		return -1;
	if (d->type == TYPE_INT)
		*(int *)member = (int)n;
	else
		*(unsigned int *)member = (unsigned int)n;
	return 0;
}

static int
read_range_duration(const struct directive *d, const char *text, int64_t *ms,
    struct value_error *err)
{
	const char *why = value_duration(text, ms);
	char *min, *max;

	if (why != NULL)
		return wrong(err, "%s: %s", value_shown(text), why);
	if (*ms >= d->min && *ms <= d->max)
		return 0;
	min = value_duration_text(d->min);
	max = value_duration_text(d->max);
	wrong(err, "%s: must be %s to %s%s", value_shown(text), min, max,
	    d->none_allowed ? ", or none" : "");
	free(min);
	free(max);
	return -1;
}

static int
read_duration(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	const char *text = items->v[0].text;
	int64_t ms;

	if (d->none_allowed && strcmp(text, "none") == 0)
		ms = 0;
	else if (!isdigit((unsigned char)d->def[0]) &&
	    strcmp(text, d->def) == 0)
		ms = VALUE_LATER;
	else if (d->same_as != NULL && strcmp(text, d->same_as) == 0)
		ms = VALUE_SAME;
	else if (read_range_duration(d, text, &ms, err) == -1)
		return -1;
	*(int64_t *)member = ms;
	return 0;
}

static int
read_mode(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	const char *text = items->v[0].text, *why;
	mode_t mode;

	why = value_mode(text, &mode);
	if (why != NULL)
		return wrong(err, "%s: %s", value_shown(text), why);
	if ((int64_t)mode > d->max)
		return wrong(err, "%s: must be 0 to 0%03o", value_shown(text),
		    (unsigned int)d->max);
	*(mode_t *)member = mode;
	return 0;
}

static int
read_choice(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	const char *text = items->v[0].text;
	const struct choice *c;
	size_t len;

	for (c = d->choices; c->name != NULL; c++) {
		if (strcmp(c->name, text) == 0) {
			*(unsigned int *)member = (unsigned int)c->value;
			return 0;
		}
	}
	wrong(err, "%s: must be ", value_shown(text));
	for (c = d->choices; c->name != NULL; c++) {
		len = strlen(err->text);
		snprintf(err->text + len, sizeof(err->text) - len, "%s%s",
		    c == d->choices       ? "" :
			c[1].name == NULL ? " or " :
					    ", ",
		    c->name);
	}
	return -1;
}

static int
read_builtin(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	const char *text = items->v[0].text;
	enum builtin b = BUILTIN_NONE;
	size_t len;
	int i;

	(void)d;
	if (strcmp(text, "none") != 0) {
		b = builtin_find(text);
		if (b == BUILTIN_NONE) {
			wrong(err, "%s: no such built-in service (",
			    value_shown(text));
			for (i = 0; i < BUILTIN_COUNT; i++) {
				len = strlen(err->text);
				snprintf(err->text + len,
				    sizeof(err->text) - len, "%s%s",
				    builtin_name((enum builtin)i),
				    i + 1 == BUILTIN_COUNT ? ")" : ", ");
			}
			return -1;
		}
	}
	*(int *)member = b;
	return 0;
}

static int
read_rate(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	struct rate *rate = member;
	int64_t n[2];
	size_t i;

	if (items->n == 1 && strcmp(items->v[0].text, "none") == 0) {
		*rate = (struct rate) { 0 };
		return 0;
	}
	if (items->n > 2)
		return wrong(err, "takes a rate and a burst, not %zu values",
		    items->n);
	for (i = 0; i < items->n; i++) {
		err->item = i;
		if (read_int64(d, items->v[i].text, &n[i], err) == -1)
			return -1;
	}
	rate->rate = (uint32_t)n[0];
	rate->burst = (uint32_t)n[items->n - 1];
	return 0;
}

static int
read_limit(const struct directive *d, const struct list *items, void *member,
    struct value_error *err)
{
	const char *text = items->v[0].text, *why = NULL;
	struct settings_limit limit = { .set = 1 };
	int64_t n = 0;

	if (strcmp(text, "inherited") == 0) {
		limit.set = 0;
	} else if (strcmp(text, "unlimited") == 0) {
		limit.value = RLIM_INFINITY;
	} else if (d->type == TYPE_SIZE_LIMIT) {
		why = value_size(text, &limit.value);
		if (why != NULL)
			return wrong(err, "%s: %s", value_shown(text), why);
	} else if (d->type == TYPE_DURATION_LIMIT) {
		if (read_range_duration(d, text, &n, err) == -1)
			return -1;
		if (n % 1000 != 0)
			return wrong(err, "%s: must be whole seconds",
			    value_shown(text));
		limit.value = (uint64_t)n / 1000;
	} else {
		if (read_int64(d, text, &n, err) == -1)
			return -1;
		limit.value = (uint64_t)n;
	}
	*(struct settings_limit *)member = limit;
	return 0;
}

static int
read_capabilities(const struct directive *d, const struct list *items,
    void *member, struct value_error *err)
{
	uint64_t caps = 0;
	size_t i;
	int cap;

	(void)d;
	for (i = 0; i < items->n; i++) {
		cap = capability_find(items->v[i].text);
		if (cap == -1) {
			err->item = i;
			return wrong(err, "%s: no such capability",
			    value_shown(items->v[i].text));
		}
		caps |= UINT64_C(1) << cap;
	}
	*(uint64_t *)member = caps;
	return 0;
}

static value_reader *const readers[TYPES] = {
	[TYPE_STRING] = read_string,
	[TYPE_NAME] = read_string,
	[TYPE_PATH] = read_string,
	[TYPE_LIST] = read_list,
	[TYPE_BOOL] = read_bool,
	[TYPE_COUNT] = read_count,
	[TYPE_INT] = read_count,
	[TYPE_DURATION] = read_duration,
	[TYPE_MODE] = read_mode,
	[TYPE_CHOICE] = read_choice,
	[TYPE_BUILTIN] = read_builtin,
	[TYPE_RATE] = read_rate,
	[TYPE_SIZE_LIMIT] = read_limit,
	[TYPE_NUMBER_LIMIT] = read_limit,
	[TYPE_DURATION_LIMIT] = read_limit,
	[TYPE_CAPABILITIES] = read_capabilities,
};

static bool
takes_many(enum type type)
{
	return type == TYPE_LIST || type == TYPE_CAPABILITIES ||
	    type == TYPE_RATE;
}

int
value_set(const struct directive *d, const struct list *items, void *conf,
    struct value_error *err)
{
	void *member = (char *)conf + d->offset;
	struct list before_list = { 0 };
	char *before_string = NULL;

	err->item = 0;
	if (!takes_many(d->type) && items->n != 1)
		return wrong(err, "takes one value, not %zu", items->n);
	if (d->type == TYPE_RATE && items->n == 0)
		return wrong(err, "takes a rate and a burst, or none");
	if (d->type == TYPE_LIST)
		before_list = *(struct list *)member;
	else if (d->type <= TYPE_PATH)
		before_string = *(char **)member;
	if (readers[d->type](d, items, member, err) == -1)
		return -1;
	list_free(&before_list);
	free(before_string);
	return 0;
}

void
value_set_default(const struct directive *d, void *conf)
{
	struct list items = { 0 };
	struct value_error err;

	if (d->def[0] != '\0' || !takes_many(d->type))
		list_add(&items, d->def, (struct where) { 0 });
	if (value_set(d, &items, conf, &err) == -1)
		abort(); /* the table is wrong: its test fails */
	list_free(&items);
}

void
value_free(const struct directive *d, void *conf)
{
	void *member = (char *)conf + d->offset;

	if (d->type == TYPE_LIST) {
		list_free(member);
	} else if (d->type <= TYPE_PATH) {
		free(*(char **)member);
		*(char **)member = NULL;
	}
}
