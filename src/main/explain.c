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
print_where(FILE *fp, const struct where *w)
{
	if (w->file != NULL && w->line > 0)
		fprintf(fp, " (%s:%d)", w->file, w->line);
	else if (w->file != NULL)
		fprintf(fp, " (%s)", w->file);
}

static void
print_access(FILE *fp, const struct service_conf *conf,
    const struct rules *rules, const struct rule *rule)
{
	if (rule != NULL) {
		fprintf(fp, "access: %s %s",
		    rule->allow ? "only_from" : "no_access", rule->item->text);
		print_where(fp, &rule->item->where);
	} else if (rules->allow_others) {
		fprintf(fp,
		    "access: no rule matches, and there is no only_from");
	} else {
		fprintf(fp, "access: not in only_from");
		print_where(fp, &conf->only_from.v[0].where);
	}
	fprintf(fp, "\n");
}

static void
print_limits(FILE *fp, const struct service_conf *conf, const struct addr *a)
{
	struct addr source = *a;
	char text[ADDR_TEXT_MAX];

	addr_mask(&source, conf->prefix_v4, conf->prefix_v6);
	fprintf(fp, "counted as: %s/%u, per_source %u\n",
	    addr_format_ip(&source, text, sizeof(text)),
	    a->family == AF_INET ? conf->prefix_v4 : conf->prefix_v6,
	    conf->per_source);
	fprintf(fp, "instances: %u, when_full %s\n", conf->instances,
	    conf->when_full == WHEN_FULL_QUEUE ? "queue" : "refuse");
	if (conf->builtin != BUILTIN_NONE)
		fprintf(fp, "served by: built-in %s",
		    builtin_name(conf->builtin));
	else
		fprintf(fp, "served by: %s", conf->exec.v[0].text);
	fprintf(fp, " as user %s\n", conf->user);
}

int
explain_access(FILE *fp, const struct service_conf *conf, const struct addr *a,
    const char *address)
{
	const struct item *culprit;
	const struct rule *rule;
	struct rules rules;
	const char *why;
	bool allowed;

	if (rules_make(conf, &rules, &culprit, &why) == -1) {
		fprintf(fp, "%s: %s: %s\n", conf->name, culprit->text, why);
		return -1;
	}
	rule = find_rule(&rules, a);
	allowed = rule != NULL ? rule->allow : rules.allow_others;
	fprintf(fp, "%s: a connection from %s is %s\n", conf->name, address,
	    allowed ? "accepted" : "refused");
	print_access(fp, conf, &rules, rule);
	if (allowed)
		print_limits(fp, conf, a);
	rules_free(&rules);
	return allowed;
}

int
explain(const struct config *c, const char *service, const char *address)
{
	const struct service_conf *conf = config_service(c, service);
	struct addr a;

	if (conf == NULL) {
		warnx("--explain: there is no service %s", service);
		return EX_USAGE;
	}
	if (addr_from_ip(address, &a) == -1) {
		warnx("--explain: %s is not an IP address", address);
		return EX_USAGE;
	}
	return explain_access(stdout, conf, &a, address) == -1 ?
	    EX_UNAVAILABLE :
	    0;
}
