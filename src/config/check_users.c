/* SPDX-License-Identifier: ISC */
/*
 * Users and groups: whether they exist, and can be had.
 */
#include "config.h"

#include <unistd.h>

#include "config/checks.h"
#include "names/log_user.h"
#include "names/rights.h"

/* Without root no other user can be had. */
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

/* Who has the logger's user can stop it. */
static void
check_log_user(const struct checked *c, uid_t uid)
{
	uid_t log_uid;
	gid_t log_gid;

	if (log_user(c->sc->names, &log_uid, &log_gid) && uid == log_uid)
		checks_refuse(c, "user", 0, c->sc->user,
		    "is the user of the log's process alone");
}

static void
check_identity(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct identity id;
	const char *why;

	/* Whom tined itself runs as need not have a name. */
	if (!(sc->auto_user && geteuid() != 0) &&
	    (why = names_user(sc->names, sc->user, &uid)) != NULL)
		checks_refuse(c, "user", 0, sc->user, why);
	else if (sc->group != NULL &&
	    (why = names_group(sc->names, sc->group, &gid)) != NULL)
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
		    names_user(sc->names, sc->socket_user, &uid));
	if (sc->socket_group != NULL)
		checks_refuse(c, "socket_group", 0, sc->socket_group,
		    names_group(sc->names, sc->socket_group, &gid));
}
