/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>

#include <bsd/stdlib.h>
#include <ctype.h>
#include <inttypes.h>
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
};

static char *
refuse(const char *text, const char *why)
{
	return mem_printf("%s: %s", unit_shown(text), why);
}

static char *
read_string(struct reader *r)
{
	bool later = strcmp(r->d->def, "auto") == 0 &&
	    strcmp(r->text, "auto") == 0;
	bool none = r->text[0] == '\0' ||
	    (r->d->type != TYPE_STRING && strcmp(r->text, "none") == 0);

	if (r->d->type == TYPE_PATH && !none && !later && r->text[0] != '/')
		return refuse(r->text, "must be an absolute path");
	*(const char **)r->member = none ? NULL : r->text;
	return NULL;
}

static char *
read_list(struct reader *r)
{
	*(struct list *)r->member = *r->items;
	return NULL;
}

static char *
read_bool(struct reader *r)
{
	static const char *const words[] = { "no", "yes", "false", "true",
		"off", "on" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(r->text, words[i]) == 0) {
			*(bool *)r->member = i % 2 == 1;
			return NULL;
		}
	return refuse(r->text, "must be yes or no");
}

/* A number in the directive's range, with a sign where that allows one. */
static char *
read_number(const struct directive *d, const char *text, int64_t *out)
{
	const char *why, *digits = text;

	if (d->min < 0 && (*text == '-' || *text == '+'))
		digits++;
	if (*digits == '\0' || digits[strspn(digits, DIGITS)] != '\0')
		return refuse(text, "is not a number");
	*out = strtonum(text, d->min, d->max, &why);
	if (why != NULL)
		return mem_printf("%s: must be %" PRId64 " to %" PRId64,
		    unit_shown(text), d->min, d->max);
	return NULL;
}

static char *
read_int(struct reader *r)
{
	int64_t n = 0;
	char *why = read_number(r->d, r->text, &n);

	*(int *)r->member = (int)n;
	return why;
}

static char *
read_milliseconds(const struct directive *d, const char *text, int64_t *ms)
{
	const char *why = unit_read_duration(text, ms);
	char *min, *max, *range;

	if (why != NULL)
		return refuse(text, why);
	if (*ms >= d->min && *ms <= d->max)
		return NULL;
	min = unit_print_duration(d->min);
	max = unit_print_duration(d->max);
	range = mem_printf("%s: must be %s to %s%s", unit_shown(text), min, max,
	    d->none_allowed ? ", or none" : "");
	free(min);
	free(max);
	return range;
}

static char *
read_duration(struct reader *r)
{
	int64_t *ms = r->member;

	if (r->d->none_allowed && strcmp(r->text, "none") == 0)
		*ms = 0;
	else if (!isdigit((unsigned char)r->d->def[0]) &&
	    strcmp(r->text, r->d->def) == 0)
		*ms = VALUE_LATER;
	else if (r->d->same_as != NULL && strcmp(r->text, r->d->same_as) == 0)
		*ms = VALUE_SAME;
	else
		return read_milliseconds(r->d, r->text, ms);
	return NULL;
}

static char *
read_mode(struct reader *r)
{
	size_t digits = strspn(r->text, "01234567");
	unsigned long mode;

	if (digits == 0 || r->text[digits] != '\0')
		return refuse(r->text, "is not an octal mode (022, 0666)");
	mode = strtoul(r->text, NULL, 8);
	if (mode > (unsigned long)r->d->max)
		return mem_printf("%s: must be 0 to 0%03o", unit_shown(r->text),
		    (unsigned int)r->d->max);
	*(mode_t *)r->member = (mode_t)mode;
	return NULL;
}

static char *
read_choice(struct reader *r)
{
	const char *const *choices = r->d->choices;
	struct buf all = { 0 };
	int i;

	for (i = 0; choices[i] != NULL; i++)
		if (strcmp(choices[i], r->text) == 0) {
			*(int *)r->member = i + (int)r->d->min;
			return NULL;
		}
	buf_str(&all, unit_shown(r->text));
	for (i = 0; choices[i] != NULL; i++) {
		buf_str(&all,
		    i == 0                     ? ": must be " :
			choices[i + 1] == NULL ? " or " :
						 ", ");
		buf_str(&all, choices[i]);
	}
	return buf_string(&all);
}

static char *
read_rate(struct reader *r)
{
	struct rate *rate = r->member;
	int64_t n[2];
	char *why;

	if (r->items->n == 0)
		return mem_strdup("takes a rate and a burst, or none");
	if (r->items->n > 2)
		return mem_printf("takes a rate and a burst, not %zu values",
		    r->items->n);
	*rate = (struct rate) { 0 };
	if (r->items->n == 1 && strcmp(r->text, "none") == 0)
		return NULL;
	for (r->item = 0; r->item < r->items->n; r->item++)
		if ((why = read_number(r->d, r->items->v[r->item].text,
			 &n[r->item])) != NULL)
			return why;
	rate->rate = (uint32_t)n[0];
	rate->burst = (uint32_t)n[r->items->n - 1];
	return NULL;
}

static char *
read_limit(struct reader *r)
{
	struct settings_limit *limit = r->member;
	const char *wrong = NULL;
	char *why = NULL;
	int64_t n = 0;

	*limit = (struct settings_limit) { 0 };
	if (strcmp(r->text, "inherited") == 0)
		return NULL;
	limit->set = 1;
	if (strcmp(r->text, "unlimited") == 0) {
		limit->value = RLIM_INFINITY;
	} else if (r->d->type == TYPE_SIZE_LIMIT) {
		wrong = unit_read_size(r->text, &limit->value);
	} else if (r->d->type == TYPE_DURATION_LIMIT) {
		why = read_milliseconds(r->d, r->text, &n);
		if (n % 1000 != 0)
			wrong = "must be whole seconds";
		limit->value = (uint64_t)n / 1000;
	} else {
		why = read_number(r->d, r->text, &n);
		limit->value = (uint64_t)n;
	}
	return wrong != NULL && why == NULL ? refuse(r->text, wrong) : why;
}

static char *
read_capabilities(struct reader *r)
{
	uint64_t *caps = r->member;
	const char *text;
	int cap;

	*caps = 0;
	for (r->item = 0; r->item < r->items->n; r->item++) {
		text = r->items->v[r->item].text;
		if ((cap = capability_find(text)) == -1)
			return refuse(text, "no such capability");
		*caps |= UINT64_C(1) << cap;
	}
	return NULL;
}

static const struct {
	char *(*read)(struct reader *r); /* sets the member: NULL, or why not */
	bool many;                       /* takes any number of items */
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

static char *
read_items(struct reader *r, void *conf)
{
	r->member = (char *)conf + r->d->offset;
	r->text = r->items->n > 0 ? r->items->v[0].text : NULL;
	if (!types[r->d->type].many && r->items->n != 1)
		return mem_printf("takes one value, not %zu", r->items->n);
	return types[r->d->type].read(r);
}

void
value_set(struct setting *set, void *conf, const struct where *otherwise,
    struct errors *errors)
{
	struct reader r = { .d = set->d, .items = &set->items };
	struct item def = { .text = (char *)(uintptr_t)set->d->def };
	struct list defs = { &def, 1 };
	char *why;

	if (set->given) {
		if ((why = read_items(&r, conf)) == NULL)
			return;
		errors_add_for(errors,
		    r.item < r.items->n ? &r.items->v[r.item].where : otherwise,
		    set->d->name, why);
		set->wrong = true;
		free(why);
	}
	if (def.text[0] == '\0' && types[set->d->type].many)
		defs.n = 0;
	r.items = &defs;
	if (read_items(&r, conf) != NULL)
		abort(); /* the table is wrong: its test fails */
}

void
value_set_all(struct setting *set, void *conf, const struct where *otherwise,
    struct errors *errors)
{
	for (; set->d != NULL; set++)
		value_set(set, conf, otherwise, errors);
}
