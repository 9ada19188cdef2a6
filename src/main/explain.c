/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <sysexits.h>

#include "config/rules.h"
#include "main/explain.h"

static const struct rule *
find_rule(const struct rules *rules, const struct addr *a)
{
	size_t i;

	for (i = 0; i < rules->n; i++)
		if (cidr_contains(&rules->v[i].net, a))
			return &rules->v[i];
	return NULL;
}

static void
print_where(const struct where *w)
{
	if (w->file != NULL && w->line > 0)
		printf(" (%s:%d)", w->file, w->line);
	else if (w->file != NULL)
		printf(" (%s)", w->file);
}

static void
print_access(const struct service_conf *conf, const struct rules *rules,
    const struct rule *rule)
{
	if (rule != NULL) {
		printf("access: %s %s", rule->allow ? "only_from" : "no_access",
		    rule->item->text);
		print_where(&rule->item->where);
	} else if (rules->allow_others) {
		printf("access: no rule matches, and there is no only_from");
	} else {
		printf("access: not in only_from");
		print_where(&conf->only_from.v[0].where);
	}
	printf("\n");
}

static void
print_limits(const struct service_conf *conf, const struct addr *a)
{
	struct addr source = *a;
	char text[ADDR_TEXT_MAX];

	addr_mask(&source, conf->prefix_v4, conf->prefix_v6);
	printf("counted as: %s/%u, per_source %u\n",
	    addr_format_ip(&source, text, sizeof(text)),
	    a->family == AF_INET ? conf->prefix_v4 : conf->prefix_v6,
	    conf->per_source);
	printf("instances: %u, when_full %s\n", conf->instances,
	    conf->when_full == WHEN_FULL_QUEUE ? "queue" : "refuse");
	if (conf->builtin != BUILTIN_NONE)
		printf("served by: built-in %s", builtin_name(conf->builtin));
	else
		printf("served by: %s", conf->exec.v[0].text);
	printf(" as user %s\n", conf->user);
}

int
explain(const struct config *c, const char *service, const char *address)
{
	const struct service_conf *conf = config_service(c, service);
	const struct item *culprit;
	const struct rule *rule;
	const char *why;
	struct rules rules;
	struct addr a;
	bool allowed;

	if (conf == NULL) {
		warnx("--explain: there is no service %s", service);
		return EX_USAGE;
	}
	if (addr_from_ip(address, &a) == -1) {
		warnx("--explain: %s is not an IP address", address);
		return EX_USAGE;
	}
	if (rules_make(conf, &rules, &culprit, &why) == -1) {
		warnx("%s: %s: %s", service, culprit->text, why);
		return EX_UNAVAILABLE;
	}
	rule = find_rule(&rules, &a);
	allowed = rule != NULL ? rule->allow : rules.allow_others;
	printf("%s: a connection from %s is %s\n", service, address,
	    allowed ? "accepted" : "refused");
	print_access(conf, &rules, rule);
	if (allowed)
		print_limits(conf, &a);
	rules_free(&rules);
	return 0;
}
