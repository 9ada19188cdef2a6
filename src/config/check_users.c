/* SPDX-License-Identifier: ISC */
/*
 * Users and groups: whether they exist, whether tined can become them, and who
 * may command main by the control socket: never a program that it serves.
 */
#include "config.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/mem.h"
#include "config/checks.h"
#include "names/log_user.h"
#include "names/rights.h"

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
	if (conf->control_group != NULL && !conf->cut)
		checks_refuse(c, "control_group", 0, conf->control_group,
		    names_id(conf->names, NAME_GROUP, conf->control_group,
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
static void
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

/* Without root tined cannot become another user. */
static void
check_own_user(const struct checked *c, uid_t uid, gid_t gid)
{
	const struct service_conf *sc = c->sc;
	const char *needs_root = "needs tined to be root";

	if (uid != geteuid() || gid != getegid() || sc->chroot != NULL)
		c->errors->needs_root = true;
	if (uid != geteuid())
		checks_refuse(c, "user", 0, sc->user, needs_root);
	else if (gid != getegid())
		checks_refuse(c, "group", 0, sc->group, needs_root);
	if (sc->chroot != NULL)
		checks_refuse(c, "chroot", 0, sc->chroot, needs_root);
}

/* A program that expects root's rights would fail inside. */
static void
warn_of_root(const struct checked *c)
{
	const struct service_conf *sc = c->sc;

	if (sc->exec.n > 0 && sc->sandbox != SANDBOX_OFF &&
	    sc->capabilities == 0)
		errors_warn(c->errors, checks_where(c, "user", 0),
		    "user: %s is root, with no capabilities in its sandbox: "
		    "set capabilities, or sandbox = off",
		    sc->name);
}

/* A process of the logger's user could stop the logger. */
static void
check_log_user(const struct checked *c, uid_t uid)
{
	uid_t log_uid;
	gid_t log_gid;

	if (log_user(c->sc->names, &log_uid, &log_gid) && uid == log_uid)
		checks_refuse(c, "user", 0, c->sc->user,
		    "is reserved for the logger");
}

static void
check_identity(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct identity id;
	const char *why;

	/* The user that tined runs as need not have a name. */
	if (!(sc->auto_user && geteuid() != 0) &&
	    (why = names_id(sc->names, NAME_USER, sc->user, &uid)) != NULL)
		checks_refuse(c, "user", 0, sc->user, why);
	else if (sc->group != NULL &&
	    (why = names_id(sc->names, NAME_GROUP, sc->group, &gid)) != NULL)
		checks_refuse(c, "group", 0, sc->group, why);
	else if (geteuid() != 0)
		check_own_user(c, uid, gid);
	else if ((why = names_identity(sc->names, sc->user, sc->group, &id)) !=
	    NULL)
		checks_refuse(c, "user", 0, sc->user, why);
	else if ((why = rights_missing(&id)) != NULL)
		checks_complain(c, "user", 0,
		    id.uid == 0 ? "%s: %s" :
				  "%s: %s (user = root would serve as tined)",
		    sc->user, why);
	else if (id.uid == 0)
		warn_of_root(c);
	else
		check_log_user(c, id.uid);
}

void
check_users(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	uid_t uid;
	gid_t gid;

	check_identity(c);
	check_commander(c);
	if (sc->socket_user != NULL)
		checks_refuse(c, "socket_user", 0, sc->socket_user,
		    names_id(sc->names, NAME_USER, sc->socket_user, &uid));
	if (sc->socket_group != NULL)
		checks_refuse(c, "socket_group", 0, sc->socket_group,
		    names_id(sc->names, NAME_GROUP, sc->socket_group, &gid));
}
