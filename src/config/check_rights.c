/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "config/check_rights.h"
#include "config/sysunit.h"
#include "names/names.h"
#include "sandbox/privs.h"

#define DROP_IN DOCDIR "/tined-programs.conf"

/* The checks of one configuration. */
struct rights {
	struct errors *errors;
	const char *unit_user; /* NULL: the unit runs tined as root */
	struct identity unit;
};

/* In a child, as that user, in the service's root: 0, or the errno of access(2).
 * If it cannot become that user, the start will report it. */
static int
try_as(const struct identity *id, const struct service_conf *sc)
{
	const struct privs privs = { id->uid, id->gid, id->groups, id->ngroups,
		0 };
	const char *noun;

	if (sc->chroot != NULL &&
	    (chroot(sc->chroot) == -1 || chdir("/") == -1))
		return 0;
	if (privs_take(&privs, &noun) == -1)
		return 0;
	return access(sc->exec.v[0].text, X_OK) == 0 ? 0 : errno;
}

/* Why that user cannot execute the program; 0: it can. */
static int
try_program(const struct identity *id, const struct service_conf *sc)
{
	pid_t pid = fork();
	int status;

	if (pid == -1)
		return errno;
	if (pid == 0)
		_exit(try_as(id, sc) & 0xff);
	if (io_waitpid(pid, &status, 0) == -1)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

static void
check_program(const struct rights *r, const struct service_conf *sc)
{
	const char *user = sc->user;
	struct identity id;
	int error;

	if (sc->exec.n == 0)
		return;
	if (r->unit_user != NULL) {
		user = r->unit_user;
		id = r->unit;
	} else if (names_identity(sc->names, sc->user, sc->group, &id) != NULL)
		return;
	/* Root's rights are those of its capabilities. */
	if (id.uid == 0 || (error = try_program(&id, sc)) == 0)
		return;
	errors_add(r->errors, &sc->exec.v[0].where,
	    "exec: %s: user %s cannot execute it: %s", sc->exec.v[0].text, user,
	    strerror(error));
}

static void
refuse(const struct rights *r, const struct service_conf *sc,
    const char *directive, const char *value)
{
	errors_add(r->errors, &sc->where,
	    "%s: %s: tined.service runs tined as %s, which has no right to do that: see %s",
	    directive, value, r->unit_user, DROP_IN);
}

static bool
is_other_user(const struct rights *r, const struct names *names,
    const char *user)
{
	uid_t uid;

	return user != NULL &&
	    (names_id(names, NAME_USER, user, &uid) != NULL ||
		uid != r->unit.uid);
}

/* Adds what only root can give a service. */
static void
check_unit(const struct rights *r, const struct service_conf *sc)
{
	gid_t gid;

	if (!sc->auto_user && is_other_user(r, sc->names, sc->user))
		refuse(r, sc, "user", sc->user);
	if (sc->group != NULL &&
	    (names_id(sc->names, NAME_GROUP, sc->group, &gid) != NULL ||
		gid != r->unit.gid))
		refuse(r, sc, "group", sc->group);
	if (sc->chroot != NULL)
		refuse(r, sc, "chroot", sc->chroot);
	if (is_other_user(r, sc->names, sc->socket_user))
		refuse(r, sc, "socket_user", sc->socket_user);
	if (sc->exec.n > 0 && sc->capabilities != 0)
		refuse(r, sc, "capabilities", "any");
	if (sc->nice < 0)
		refuse(r, sc, "nice", "below 0");
}

void
check_rights_want(struct names *n)
{
	struct sysunit unit;

	if (sysunit_read(&unit) && unit.user != NULL)
		names_want(n, NAME_IDENTITY, unit.user, unit.group);
	sysunit_free(&unit);
}

void
check_rights(const struct config *c, const char *file, struct errors *errors)
{
	struct rights r = { .errors = errors };
	const struct service_conf *sc;
	struct sysunit unit;

	if (geteuid() != 0)
		return;
	if (sysunit_read(&unit) && sysunit_restricts(&unit, file)) {
		r.unit_user = unit.user;
		if (names_identity(c->names, unit.user, unit.group, &r.unit) !=
		    NULL)
			errors_add(errors, NULL,
			    "tined.service: User=%s: no such user", unit.user);
	}
	TAILQ_FOREACH (sc, &c->services, entry) {
		if (r.unit_user != NULL)
			check_unit(&r, sc);
		check_program(&r, sc);
	}
	sysunit_free(&unit);
}
