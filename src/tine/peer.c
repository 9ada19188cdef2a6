/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <err.h>
#include <string.h>

#include "tine/dial.h"
#include "tine/peer.h"

const char *
peer_ipv4(const char *arg, void *member)
{
	(void)arg;
	((struct peer *)member)->family = AF_INET;
	return NULL;
}

const char *
peer_ipv6(const char *arg, void *member)
{
	(void)arg;
	((struct peer *)member)->family = AF_INET6;
	return NULL;
}

const char *
peer_network(const char *arg, void *member)
{
	struct peer *p = member;
	const char *why = cidr_parse(arg, &p->local);

	p->bound = why == NULL;
	return why;
}

const char *
peer_local(const char *arg, void *member)
{
	struct peer *p = member;
	const char *why = peer_network(arg, member);

	if (why == NULL &&
	    p->local.bits != (p->local.addr.family == AF_INET ? 32 : 128))
		return "only bench takes a network";
	return why;
}

int
peer_resolve(struct peer *p, const struct cli_command *c, int argc, char **argv)
{
	const char *why;
	bool usage;

	if (argc == 0)
		cli_usage(c, "no address");
	if (argc > 1)
		cli_usage(c, "more than one address: '%s'", argv[1]);
	p->text = argv[0];
	why = target_resolve(p->text, p->family, &p->target, &usage);
	if (why != NULL && usage)
		cli_usage(c, "%s: %s", p->text, why);
	if (why != NULL) {
		warnx("resolve %s: %s", p->text, why);
		return -1;
	}
	if (p->bound && target_keep(&p->target, p->local.addr.family) == -1) {
		warnx("connect %s: no address of the family of -b", p->text);
		return -1;
	}
	return 0;
}

int
peer_dial(struct peer *p, const struct endpoint **ep, int64_t *took)
{
	struct dial d = { .target = &p->target, .timeout = p->timeout };
	int fd;

	if (p->bound)
		d.local = &p->local.addr;
	if ((fd = dial_connect(&d)) == -1) {
		warn("%s %s", d.step, d.peer->text);
		return -1;
	}
	if (ep != NULL)
		*ep = d.peer;
	if (took != NULL)
		*took = d.took;
	return fd;
}
