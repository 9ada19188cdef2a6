/* SPDX-License-Identifier: ISC */
/*
 * Reading values of directives.  A reader sets the member, or the reason why
 * not.
 */
#include "config.h"

#include <sys/resource.h>

#include <bsd/stdlib.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/capname.h"
#include "config/unit.h"
#include "config/value.h"

struct reader {
	const struct directive *d;
	const struct list *items;
	const char *text; /* the first item */
	void *member;
	size_t item; /* the one that is wrong */
	char *why;
};

static bool __attribute__((format(printf, 2, 3)))
wrong(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r->why = mem_vprintf(fmt, ap);
	va_end(ap);
	return false;
}

static bool
wrong_text(struct reader *r, const char *text, const char *why)
{
	return wrong(r, "%s: %s", unit_shown(text), why);
}

static bool
read_string(struct reader *r)
{
	bool later = strcmp(r->d->def, "auto") == 0 &&
	    strcmp(r->text, "auto") == 0;
	bool none = r->text[0] == '\0' ||
	    (r->d->type != TYPE_STRING && strcmp(r->text, "none") == 0);

	if (r->d->type == TYPE_PATH && !none && !later && r->text[0] != '/')
		return wrong_text(r, r->text, "must be an absolute path");
	*(const char **)r->member = none ? NULL : r->text;
	return true;
}

static bool
read_list(struct reader *r)
{
	*(struct list *)r->member = *r->items;
	return true;
}

static bool
read_bool(struct reader *r)
{
	static const char *const words[] = { "no", "yes", "false", "true",
		"off", "on" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(r->text, words[i]) == 0) {
			*(bool *)r->member = i % 2 == 1;
			return true;
		}
	}
	return wrong_text(r, r->text, "must be yes or no");
}

/* A number in the directive's range, with a sign where that allows one. */
static bool
read_number(struct reader *r, const char *text, int64_t *out)
{
	const char *why, *digits = text;

	if (r->d->min < 0 && (*text == '-' || *text == '+'))
		digits++;
	if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
		return wrong_text(r, text, "is not a number");
	*out = strtonum(text, r->d->min, r->d->max, &why);
	if (why != NULL)
		return wrong(r, "%s: must be %" PRId64 " to %" PRId64,
		    unit_shown(text), r->d->min, r->d->max);
	return true;
}

static bool
read_int(struct reader *r)
{
	int64_t n;

	if (!read_number(r, r->text, &n))
		return false;
	*(int *)r->member = (int)n;
	return true;
}

static bool
read_milliseconds(struct reader *r, int64_t *ms)
{
	const char *why = unit_read_duration(r->text, ms);
	char *min, *max;

	if (why != NULL)
		return wrong_text(r, r->text, why);
	if (*ms >= r->d->min && *ms <= r->d->max)
		return true;
	min = unit_print_duration(r->d->min);
	max = unit_print_duration(r->d->max);
	wrong(r, "%s: must be %s to %s%s", unit_shown(r->text), min, max,
	    r->d->none_allowed ? ", or none" : "");
	free(min);
	free(max);
	return false;
}

static bool
read_duration(struct reader *r)
{
	int64_t ms = 0;

	if (r->d->none_allowed && strcmp(r->text, "none") == 0)
		ms = 0;
	else if (!isdigit((unsigned char)r->d->def[0]) &&
	    strcmp(r->text, r->d->def) == 0)
		ms = VALUE_LATER;
	else if (r->d->same_as != NULL && strcmp(r->text, r->d->same_as) == 0)
		ms = VALUE_SAME;
	else if (!read_milliseconds(r, &ms))
		return false;
	*(int64_t *)r->member = ms;
	return true;
}

static bool
read_mode(struct reader *r)
{
	size_t digits = strspn(r->text, "01234567");
	unsigned long mode;

	if (digits == 0 || r->text[digits] != '\0')
		return wrong_text(r, r->text,
		    "is not an octal mode (022, 0666)");
	mode = strtoul(r->text, NULL, 8);
	if (mode > (unsigned long)r->d->max)
		return wrong(r, "%s: must be 0 to 0%03o", unit_shown(r->text),
		    (unsigned int)r->d->max);
	*(mode_t *)r->member = (mode_t)mode;
	return true;
}

static bool
read_choice(struct reader *r)
{
	const char *const *choices = r->d->choices;
	struct buf all = { 0 };
	int i;

	for (i = 0; choices[i] != NULL; i++)
		if (strcmp(choices[i], r->text) == 0) {
			*(int *)r->member = i + (int)r->d->min;
			return true;
		}
	buf_str(&all, choices[0]);
	for (i = 1; choices[i] != NULL; i++) {
		buf_str(&all, choices[i + 1] == NULL ? " or " : ", ");
		buf_str(&all, choices[i]);
	}
	wrong(r, "%s: must be %s", unit_shown(r->text), buf_string(&all));
	free(all.s);
	return false;
}

static bool
read_rate(struct reader *r)
{
	struct rate *rate = r->member;
	int64_t n[2];

	if (r->items->n == 0)
		return wrong(r, "takes a rate and a burst, or none");
	if (r->items->n > 2)
		return wrong(r, "takes a rate and a burst, not %zu values",
		    r->items->n);
	if (r->items->n == 1 && strcmp(r->text, "none") == 0) {
		*rate = (struct rate) { 0 };
		return true;
	}
	for (r->item = 0; r->item < r->items->n; r->item++)
		if (!read_number(r, r->items->v[r->item].text, &n[r->item]))
			return false;
	rate->rate = (uint32_t)n[0];
	rate->burst = (uint32_t)n[r->items->n - 1];
	return true;
}

static bool
read_limit(struct reader *r)
{
	struct settings_limit limit = { .set = 1 };
	const char *why = NULL;
	int64_t n = 0;

	if (strcmp(r->text, "inherited") == 0) {
		limit.set = 0;
	} else if (strcmp(r->text, "unlimited") == 0) {
		limit.value = RLIM_INFINITY;
	} else if (r->d->type == TYPE_SIZE_LIMIT) {
		why = unit_read_size(r->text, &limit.value);
	} else if (r->d->type == TYPE_DURATION_LIMIT) {
		if (!read_milliseconds(r, &n))
			return false;
		if (n % 1000 != 0)
			why = "must be whole seconds";
		limit.value = (uint64_t)n / 1000;
	} else {
		if (!read_number(r, r->text, &n))
			return false;
		limit.value = (uint64_t)n;
	}
	if (why != NULL)
		return wrong_text(r, r->text, why);
	*(struct settings_limit *)r->member = limit;
	return true;
}

static bool
read_capabilities(struct reader *r)
{
	const char *text;
	uint64_t caps = 0;
	int cap;

	for (r->item = 0; r->item < r->items->n; r->item++) {
		text = r->items->v[r->item].text;
		if ((cap = capability_find(text)) == -1)
			return wrong_text(r, text, "no such capability");
		caps |= UINT64_C(1) << cap;
	}
	*(uint64_t *)r->member = caps;
	return true;
}

static const struct {
	bool (*read)(struct reader *r);
	bool many; /* takes any number of items */
} types[TYPES] = {
	[TYPE_STRING] = { read_string, false },
	[TYPE_NAME] = { read_string, false },
	[TYPE_PATH] = { read_string, false },
	[TYPE_LIST] = { read_list, true },
	[TYPE_BOOL] = { read_bool, false },
	[TYPE_INT] = { read_int, false },
	[TYPE_DURATION] = { read_duration, false },
	[TYPE_MODE] = { read_mode, false },
	[TYPE_CHOICE] = { read_choice, false },
	[TYPE_RATE] = { read_rate, true },
	[TYPE_SIZE_LIMIT] = { read_limit, false },
	[TYPE_NUMBER_LIMIT] = { read_limit, false },
	[TYPE_DURATION_LIMIT] = { read_limit, false },
	[TYPE_CAPABILITIES] = { read_capabilities, true },
};

static bool
read_items(struct reader *r, void *conf)
{
	r->member = (char *)conf + r->d->offset;
	r->text = r->items->n > 0 ? r->items->v[0].text : NULL;
	if (!types[r->d->type].many && r->items->n != 1)
		return wrong(r, "takes one value, not %zu", r->items->n);
	return types[r->d->type].read(r);
}

static void
set_default(const struct directive *d, void *conf)
{
	struct item def = { .text = (char *)(uintptr_t)d->def };
	struct list items = { &def, 1 };
	struct reader r = { .d = d, .items = &items };

	if (d->def[0] == '\0' && types[d->type].many)
		items = (struct list) { 0 };
	if (!read_items(&r, conf))
		abort(); /* the table is wrong: its test fails */
}

void
value_set(struct setting *set, void *conf, const struct where *otherwise,
    struct errors *errors)
{
	const struct list *items = &set->items;
	struct reader r = { .d = set->d, .items = items };

	if (set->given && read_items(&r, conf))
		return;
	set_default(set->d, conf);
	if (!set->given)
		return;
	errors_add_for(errors,
	    r.item < items->n ? &items->v[r.item].where : otherwise,
	    set->d->name, r.why);
	set->wrong = true;
	free(r.why);
}

void
value_set_all(struct setting *set, void *conf, const struct where *otherwise,
    struct errors *errors)
{
	for (; set->d != NULL; set++)
		value_set(set, conf, otherwise, errors);
}
