/* SPDX-License-Identifier: ISC */
/*
 * Who may command main by the control socket: never a program that it serves.
 */
#include "config.h"

#include <bsd/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/mem.h"
#include "config/check.h"
#include "config/directive.h"
#include "names/names.h"

static void
complain(const struct setting *global, struct errors *errors, const char *name,
    char *why)
{
	static const struct where nowhere = { .file = NULL };
	const struct setting *set;

	set = &global[directive_index(directive_find(SCOPE_GLOBAL, name))];
	complain_at(errors,
	    set->items.n > 0 ? &set->items.v[0].where : &nowhere, name, why);
	free(why);
}

void
check_control(struct config *c, const struct setting *global,
    struct errors *errors)
{
	struct addr_text at;
	const char *why;
	char *text;

	if (c->control_socket != NULL &&
	    strcmp(c->control_socket, CONTROL_AUTO) != 0) {
		text = mem_printf("unix:%s", c->control_socket);
		why = addr_split(text, &at);
		free(text);
		if (why != NULL)
			complain(global, errors, "control_socket",
			    mem_printf("%s: %s", c->control_socket, why));
	}
	if (c->control_group == NULL)
		return;
	why = names_group(c->names, c->control_group, &c->control_gid);
	if (why != NULL)
		complain(global, errors, "control_group",
		    mem_printf("%s: %s", c->control_group, why));
}

static bool
is_among(const gid_t *groups, size_t n, gid_t gid)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

/* Whether main itself has the group: so have its programs, without root. */
static bool
own_group(gid_t gid)
{
	gid_t *groups;
	bool found;
	int n;

	if (getegid() == gid)
		return true;
	if ((n = getgroups(0, NULL)) <= 0)
		return false;
	groups = mem_array((size_t)n, sizeof(*groups));
	n = getgroups(n, groups);
	found = n > 0 && is_among(groups, (size_t)n, gid);
	free(groups);
	return found;
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
	const char *named = sc->group != NULL ? sc->group : sc->user;
	struct identity id = { .uid = geteuid() };
	bool member;

	if (c->config->control_socket == NULL || sc->exec.n == 0)
		return;
	if (geteuid() != 0)
		member = own_group(c->config->control_gid);
	else if (names_identity(sc->names, sc->user, sc->group, &id) != NULL)
		return;
	else
		member = id.gid == c->config->control_gid ||
		    is_among(id.groups, id.ngroups, c->config->control_gid);
	if (id.uid == 0 && sc->sandbox == SANDBOX_STRICT)
		check_complain(c, "user", 0,
		    "%s: this program could command tined in spite of "
		    "sandbox = strict: use another user, "
		    "or control_socket = none",
		    sc->user);
	else if (id.uid != 0 && c->config->control_group != NULL && member)
		check_complain(c, sc->group != NULL ? "group" : "user", 0,
		    "%s: this program could command tined: it is in "
		    "control_group %s",
		    named, c->config->control_group);
}
