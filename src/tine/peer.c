/* SPDX-License-Identifier: ISC */
/*
 * The address operand and its options.
 */
#include "config.h"

#include <err.h>
#include <string.h>
#include <sysexits.h>

#include "tine/dial.h"
#include "tine/peer.h"
#include "tine/units.h"

void
peer_init(struct peer *p)
{
	memset(p, 0, sizeof(*p));
	p->family = AF_UNSPEC;
	p->timeout = DIAL_TIMEOUT_NS;
}

static const char *
set_local(struct peer *p, const struct command *c, const char *arg)
{
	const char *why;
	unsigned int all;

	if ((why = cidr_parse(arg, &p->local)) != NULL)
		return why;
	all = p->local.addr.family == AF_INET ? 32 : 128;
	if (p->local.bits != all && c != &command_bench)
		return "only bench takes a network";
	p->bound = true;
	return NULL;
}

bool
peer_option(struct peer *p, const struct command *c, int opt, const char *arg)
{
	const char *why = NULL;

	switch (opt) {
	case '4':
		p->family = AF_INET;
		break;
	case '6':
		p->family = AF_INET6;
		break;
	case 'b':
		why = set_local(p, c, arg);
		break;
	case 'w':
		why = units_duration(arg, &p->timeout);
		if (why == NULL && p->timeout == 0)
			why = "must not be zero";
		break;
	default:
		return false;
	}
	if (why != NULL)
		command_usage(c, "-%c %s: %s", opt, arg, why);
	return true;
}

int
peer_resolve(struct peer *p, const struct command *c, int argc, char **argv)
{
	const char *why;
	bool usage;

	if (argc == 0)
		command_usage(c, "no address");
	if (argc > 1)
		command_usage(c, "one address only, not also '%s'", argv[1]);
	p->text = argv[0];
	why = target_resolve(p->text, p->family, &p->target, &usage);
	if (why != NULL && usage)
		command_usage(c, "%s: %s", p->text, why);
	if (why != NULL) {
		warnx("resolve %s: %s", p->text, why);
		return -1;
	}
	if (p->bound && target_keep(&p->target, p->local.addr.family) == -1) {
		warnx("connect %s: no address of the kind that -b gives",
		    p->text);
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
