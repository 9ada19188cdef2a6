/*
 * Access rules: only_from and no_access, looked up and sorted so that the first
 * one that holds decides.
 */
#ifndef TINED_CONFIG_RULES_H
#define TINED_CONFIG_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/types.h"

struct rule {
	struct cidr net;
	bool allow;
	const struct item *item; /* what it was made from */
};

struct rules {
	struct rule *v;
	size_t n;
	bool allow_others; /* addresses in no rule: there is no only_from */
};

/*
 * The rules of a service, the most specific first, no_access first among
 * equals.  Host names become all their addresses.
 * 0, or -1 with *culprit and *why.
 */
int rules_make(const struct service_conf *conf, struct rules *out,
    const struct item **culprit, const char **why);
void rules_free(struct rules *r);

#endif
