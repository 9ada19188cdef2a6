/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "names/names.h"

static const char *const kinds[NAME_KINDS] = {
	[NAME_HOST] = "host",
	[NAME_PORT] = "port",
	[NAME_USER] = "user",
	[NAME_GROUP] = "group",
	[NAME_IDENTITY] = "user",
	[NAME_LOGIN] = "user",
};

static int
compare(const void *va, const void *vb)
{
	const struct name *a = va, *b = vb;
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if ((order = strcmp(a->text, b->text)) != 0)
		return order;
	if (a->group == NULL || b->group == NULL)
		return (a->group != NULL) - (b->group != NULL);
	return strcmp(a->group, b->group);
}

static const struct name *
find(const struct names *n, enum name_kind kind, const char *text,
    const char *group)
{
	struct name key = { .kind = kind };
	struct name **at;

	if (n == NULL)
		return NULL;
	key.text = (char *)(uintptr_t)text;
	key.group = (char *)(uintptr_t)group;
	at = tfind(&key, &n->tree, compare);
	return at == NULL ? NULL : *at;
}

struct names *
names_new(void)
{
	return mem_array(1, sizeof(struct names));
}

void
names_free(struct names *n)
{
	size_t i;

	if (n == NULL)
		return;
	for (i = 0; i < n->n; i++) {
		tdelete(n->v[i], &n->tree, compare);
		free(n->v[i]->text);
		free(n->v[i]->group);
		free(n->v[i]->found.why);
		free(n->v[i]->found.list);
		free(n->v[i]);
	}
	free(n->v);
	free(n);
}

void
names_answer(struct names *n, struct name *name, const struct found *found)
{
	name->found = *found;
	name->answered = true;
	n->nopen--;
}

/* Answers what need not be looked up: numbers, and invalid names of ports. */
static void
answer_number(struct names *n, struct name *name)
{
	struct found found = { .count = 0 };
	const char *why;
	uint16_t port;
	struct addr a;
	bool named;

	if (name->kind == NAME_HOST && addr_from_ip(name->text, &a) == 0) {
		found.list = mem_array(1, sizeof(a));
		memcpy(found.list, &a, sizeof(a));
		found.count = 1;
		names_answer(n, name, &found);
	} else if (name->kind == NAME_PORT) {
		why = addr_port_number(name->text, &port, &named);
		found.why = why == NULL ? NULL : mem_strdup(why);
		found.id = port;
		if (!named)
			names_answer(n, name, &found);
	}
}

void
names_want(struct names *n, enum name_kind kind, const char *text,
    const char *group)
{
	struct name *name;

	if (find(n, kind, text, group) != NULL)
		return;
	name = mem_array(1, sizeof(*name));
	name->kind = kind;
	name->text = mem_strdup(text);
	name->group = group == NULL ? NULL : mem_strdup(group);
	while (tsearch(name, &n->tree, compare) == NULL)
		mem_spend();
	n->v = mem_grow(n->v, n->n + 1, sizeof(*n->v));
	n->v[n->n++] = name;
	n->nopen++;
	answer_number(n, name);
}

/* Whether it is in the table as another kind, too: a user is looked up alone,
 * and as the identity of a service. */
static bool
is_listed(const struct names *n, const struct name *name)
{
	const struct name *user = find(n, NAME_USER, name->text, NULL);

	return name->kind == NAME_IDENTITY && user != NULL && !user->answered;
}

char *
names_format_open(const struct names *n, char *buf, size_t size)
{
	char one[ADDR_HOST_MAX + 32], more[32];
	size_t i, len = 0, left = 0, need;

	buf[0] = '\0';
	for (i = 0; i < n->n; i++) {
		if (n->v[i]->answered || is_listed(n, n->v[i]))
			continue;
		need = (size_t)snprintf(one, sizeof(one), "%s%s %.*s",
		    len == 0 ? "" : ", ", kinds[n->v[i]->kind], ADDR_HOST_MAX,
		    n->v[i]->text);
		if (left > 0 || len + need + sizeof(more) > size)
			left++;
		else
			len = strlcat(buf, one, size);
	}
	snprintf(more, sizeof(more), " and %zu more", left);
	if (left > 0)
		strlcat(buf, more, size);
	return buf;
}

void
names_give_up(struct names *n, enum name_kind kind, const char *why)
{
	struct found found = { .count = 0 };
	size_t i;

	for (i = 0; i < n->n; i++)
		if (n->v[i]->kind == kind && !n->v[i]->answered) {
			found.why = mem_strdup(why);
			names_answer(n, n->v[i], &found);
		}
}

/* Finds the answer for a name.  NULL, or the reason why there is none. */
static const char *
answer_for(const struct names *n, enum name_kind kind, const char *text,
    const char *group, const struct found **f)
{
	const struct name *name = find(n, kind, text, group);

	if (name == NULL || !name->answered)
		return "not looked up";
	*f = &name->found;
	return name->found.why;
}

const char *
names_host(const struct names *n, const char *host, const struct addr **addrs,
    size_t *count)
{
	const struct found *f;
	const char *why = answer_for(n, NAME_HOST, host, NULL, &f);

	if (why == NULL) {
		*addrs = f->list;
		*count = f->count;
	}
	return why;
}

const char *
names_port(const struct names *n, const char *port, uint16_t *number)
{
	const struct found *f;
	bool named;
	const char *why = addr_port_number(port, number, &named);

	if (why != NULL || !named)
		return why;
	why = answer_for(n, NAME_PORT, port, NULL, &f);
	if (why == NULL)
		*number = (uint16_t)f->id;
	return why;
}

const char *
names_id(const struct names *n, enum name_kind kind, const char *text,
    uint32_t *id)
{
	const struct found *f;
	const char *why = answer_for(n, kind, text, NULL, &f);

	if (why == NULL)
		*id = f->id;
	return why;
}

const char *
names_identity(const struct names *n, const char *user, const char *group,
    struct identity *id)
{
	const struct found *f;
	const char *why = answer_for(n, NAME_IDENTITY, user, group, &f);

	if (why == NULL)
		*id = (struct identity) { f->id, f->gid, f->list, f->count };
	return why;
}

const char *
names_login(const struct names *n, uid_t uid)
{
	const struct found *f;
	char text[16];

	snprintf(text, sizeof(text), "%u", (unsigned int)uid);
	return answer_for(n, NAME_LOGIN, text, NULL, &f) == NULL ? f->list :
								   NULL;
}

static int
compare_bytes(const void *a, const void *b, void *size)
{
	return memcmp(a, b, *(const size_t *)size);
}

/* Whether two arrays have the same n elements of that size, in any order. */
static bool
same_set(const void *a, const void *b, size_t n, size_t size)
{
	void *x, *y;
	bool same;

	if (n == 0)
		return true;
	x = mem_array(n, size);
	y = mem_array(n, size);
	memcpy(x, a, n * size);
	memcpy(y, b, n * size);
	qsort_r(x, n, size, compare_bytes, &size);
	qsort_r(y, n, size, compare_bytes, &size);
	same = memcmp(x, y, n * size) == 0;
	free(x);
	free(y);
	return same;
}

bool
names_agree(const struct names *na, const struct names *nb, enum name_kind kind,
    const char *text, const char *group)
{
	const struct found *a, *b;

	if (answer_for(na, kind, text, group, &a) != NULL ||
	    answer_for(nb, kind, text, group, &b) != NULL)
		return false;
	return a->id == b->id && a->gid == b->gid && a->count == b->count &&
	    same_set(a->list, b->list, a->count,
		kind == NAME_HOST ? sizeof(struct addr) : sizeof(gid_t));
}
