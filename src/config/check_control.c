/* SPDX-License-Identifier: ISC */
/*
 * Who may command main by the control socket: never a program that it serves.
 */
#include "config.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/mem.h"
#include "config/checks.h"
#include "names/names.h"

void
check_control(const struct checked *c)
{
	struct config *conf = c->config;
	struct addr_text at;
	char *text;

	if (conf->control_socket != NULL &&
	    strcmp(conf->control_socket, CONTROL_AUTO) != 0) {
		text = mem_printf("unix:%s", conf->control_socket);
		checks_refuse(c, "control_socket", 0, conf->control_socket,
		    addr_split(text, &at));
		free(text);
	}
	if (conf->control_group != NULL)
		checks_refuse(c, "control_group", 0, conf->control_group,
		    names_group(conf->names, conf->control_group,
			&conf->control_gid));
}

static bool
has_group(const struct identity *id, gid_t gid)
{
	size_t i;

	for (i = 0; i < id->ngroups; i++)
		if (id->groups[i] == gid)
			return true;
	return id->gid == gid;
}

/*
 * A program of root's that strict does not hold can signal main as well.  One
 * of main's own user, where that is not root, takes the right to command from
 * that user instead.
 */
void
check_commander(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	gid_t gid = c->config->control_gid;
	struct identity id = { .uid = geteuid() };
	bool member;

	if (c->config->control_socket == NULL || sc->exec.n == 0)
		return;
	if (geteuid() != 0)
		member = getegid() == gid || group_member(gid) != 0;
	else if (names_identity(sc->names, sc->user, sc->group, &id) != NULL)
		return;
	else
		member = has_group(&id, gid);
	if (id.uid == 0 && sc->sandbox == SANDBOX_STRICT)
		checks_complain(c, "user", 0,
		    "%s: this program could command tined in spite of "
		    "sandbox = strict: use another user, "
		    "or control_socket = none",
		    sc->user);
	else if (id.uid != 0 && c->config->control_group != NULL && member)
		checks_complain(c, sc->group != NULL ? "group" : "user", 0,
		    "%s: this program could command tined: it is in "
		    "control_group %s",
		    sc->group != NULL ? sc->group : sc->user,
		    c->config->control_group);
}
