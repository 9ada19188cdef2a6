/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <stdlib.h>

#include "base/mem.h"
#include "config/rules.h"
#include "names/names.h"

static void
rules_add(struct rules *r, const struct cidr *net, bool allow,
    const struct item *item)
{
	r->v = mem_grow(r->v, r->n + 1, sizeof(*r->v));
	r->v[r->n++] = (struct rule) { *net, allow, item };
}

/* Adds the networks or addresses of one item; NULL, or why not. */
static const char *
add_item(struct rules *r, const struct names *names, const struct item *item,
    bool allow)
{
	const struct addr *addrs;
	const char *why = NULL;
	struct cidr net;
	size_t i, n = 0;

	if (cidr_parse(item->text, &net) == NULL)
		rules_add(r, &net, allow, item);
	else
		why = names_host(names, item->text, &addrs, &n);
	for (i = 0; i < n; i++) {
		cidr_from_addr(&addrs[i], &net);
		rules_add(r, &net, allow, item);
	}
	return why;
}

/* No address is in networks of both families: only prefix lengths count. */
static int
more_specific(const void *va, const void *vb)
{
	const struct rule *a = va, *b = vb;

	if (a->net.bits != b->net.bits)
		return a->net.bits > b->net.bits ? -1 : 1;
	return (int)a->allow - (int)b->allow;
}

int
rules_make(const struct service_conf *conf, struct rules *out,
    const struct item **culprit, const char **why)
{
	const struct list *lists[] = { &conf->no_access, &conf->only_from };
	size_t l, i;

	*out = (struct rules) { .allow_others = conf->only_from.n == 0 };
	for (l = 0; l < 2; l++)
		for (i = 0; i < lists[l]->n; i++) {
			*culprit = &lists[l]->v[i];
			*why = add_item(out, conf->names, *culprit, l == 1);
			if (*why == NULL)
				continue;
			rules_free(out);
			return -1;
		}
	if (out->n > 0)
		mergesort(out->v, out->n, sizeof(*out->v), more_specific);
	return 0;
}

void
rules_free(struct rules *r)
{
	free(r->v);
	*r = (struct rules) { 0 };
}
