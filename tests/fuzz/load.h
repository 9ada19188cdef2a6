/*
 * load_config for fuzz targets: no process is started for each input, and
 * every host has the same address.
 */
#ifndef TINED_TESTS_FUZZ_LOAD_H
#define TINED_TESTS_FUZZ_LOAD_H

#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "fuzz/fuzz.h"
#include "names/find.h"

static inline struct found
fuzz_host(void)
{
	struct found found = { .count = 1 };
	struct addr a;

	FUZZ_REQUIRE(addr_from_ip("192.0.2.1", &a) == 0);
	FUZZ_REQUIRE((found.list = malloc(sizeof(a))) != NULL);
	memcpy(found.list, &a, sizeof(a));
	return found;
}

static inline struct config *
fuzz_load(const struct config_source *src, struct errors *errors)
{
	struct config_source with_hosts = *src;
	struct found found;
	struct config *c;
	size_t i;

	with_hosts.hosts = HOSTS_NEEDED;
	c = config_read(&with_hosts, errors);
	for (i = 0; i < c->names->n; i++) {
		if (c->names->v[i]->answered)
			continue;
		if (c->names->v[i]->kind == NAME_HOST)
			found = fuzz_host();
		else
			find_name(c->names->v[i], &found);
		names_answer(c->names, c->names->v[i], &found);
	}
	if (config_check(c, errors) == 0)
		return c;
	config_free(c);
	return NULL;
}

#endif
