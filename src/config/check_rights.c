/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "config/check_rights.h"
#include "config/file.h"
#include "names/names.h"
#include "sandbox/privs.h"

#define UNIT         "tined.service"
#define DEFAULT_FILE SYSCONFDIR "/tined/tined.conf"
#define DROP_IN      DOCDIR "/tined-programs.conf"

/* systemd.unit(5): the first unit wins, and the last drop-in. */
static const char *const dirs[] = { "/etc/systemd/system",
	"/run/systemd/system", SYSTEMDUNITDIR, "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system" };

#define NDIRS (sizeof(dirs) / sizeof(dirs[0]))

/* What the installed unit says; NULL: nothing. */
struct unit {
	char *user;
	char *group;
	char *command;
};

static void
take_line(struct unit *u, const char *line)
{
	const struct {
		const char *key;
		char **value;
	} rows[] = { { "User=", &u->user }, { "Group=", &u->group },
		{ "ExecStart=", &u->command } };
	size_t i, len;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		len = strlen(rows[i].key);
		if (strncmp(line, rows[i].key, len) != 0)
			continue;
		free(*rows[i].value);
		*rows[i].value = line[len] == '\0' ? NULL :
						     mem_strdup(line + len);
	}
}

/* Whether the file is there; a unit that is masked, a link to /dev/null, is. */
static bool
take_file(struct unit *u, const char *path)
{
	struct file file = { .includer = NULL };
	char *text, *rest, *line;
	const char *why;
	struct stat st;
	size_t len;

	text = rest = file_read(path, &file, &len, &why);
	while ((line = strsep(&rest, "\n")) != NULL)
		take_line(u, line);
	free(text);
	return text != NULL || (stat(path, &st) == 0 && S_ISCHR(st.st_mode));
}

/* Takes the unit, or its drop-ins, in a directory; whether there is one. */
static bool
take_files(struct unit *u, const char *dir, const char *names)
{
	char *pattern = mem_printf("%s/" UNIT "%s", dir, names);
	bool found = false;
	glob_t files;
	size_t i;

	/* The build may install no unit: its directory is "". */
	if (dir[0] != '\0' && glob(pattern, GLOB_PERIOD, NULL, &files) == 0) {
		for (i = 0; i < files.gl_pathc; i++)
			found |= take_file(u, files.gl_pathv[i]);
		globfree(&files);
	}
	free(pattern);
	return found;
}

/* The unit with its drop-ins, if one is installed. */
static void
read_unit(struct unit *u)
{
	bool found = false;
	size_t i;

	*u = (struct unit) { .user = NULL };
	for (i = 0; i < NDIRS && !found; i++)
		found = take_files(u, dirs[i], "");
	for (i = NDIRS; i > 0 && found; i--)
		(void)take_files(u, dirs[i - 1], ".d/*.conf");
}

static void
free_unit(struct unit *u)
{
	free(u->user);
	free(u->group);
	free(u->command);
}

/* The configuration that a command line names with -c or --config. */
static const char *
file_of(char *command)
{
	const char *file = DEFAULT_FILE, *before = "", *word;

	while ((word = strsep(&command, " \t")) != NULL) {
		if (word[0] == '\0')
			continue;
		if (strcmp(before, "-c") == 0 ||
		    strcmp(before, "--config") == 0)
			file = word;
		else if (strncmp(word, "--config=", 9) == 0)
			file = word + 9;
		before = word;
	}
	return file;
}

/* Whether it runs tined as another user than root, with this file. */
static bool
restricts(const struct unit *u, const char *file)
{
	char *own, *checked;
	bool same;

	if (u->user == NULL || strcmp(u->user, "root") == 0 ||
	    strcmp(u->user, "0") == 0 || file == NULL)
		return false;
	own = realpath(file_of(u->command), NULL);
	checked = realpath(file, NULL);
	same = own != NULL && checked != NULL && strcmp(own, checked) == 0;
	free(own);
	free(checked);
	return same;
}

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

/* Whether a user or a group is named, and is not that one. */
static bool
is_other(const struct names *names, enum name_kind kind, const char *name,
    uid_t own)
{
	uid_t id;

	return name != NULL &&
	    (names_id(names, kind, name, &id) != NULL || id != own);
}

/* Adds what only root can give a service. */
static void
check_unit(const struct rights *r, const struct service_conf *sc)
{
	if (!sc->auto_user &&
	    is_other(sc->names, NAME_USER, sc->user, r->unit.uid))
		refuse(r, sc, "user", sc->user);
	if (is_other(sc->names, NAME_GROUP, sc->group, r->unit.gid))
		refuse(r, sc, "group", sc->group);
	if (sc->chroot != NULL)
		refuse(r, sc, "chroot", sc->chroot);
	if (is_other(sc->names, NAME_USER, sc->socket_user, r->unit.uid))
		refuse(r, sc, "socket_user", sc->socket_user);
	if (sc->exec.n > 0 && sc->capabilities != 0)
		refuse(r, sc, "capabilities", "any");
	if (sc->nice < 0)
		refuse(r, sc, "nice", "below 0");
}

void
check_rights_want(struct names *n)
{
	struct unit unit;

	read_unit(&unit);
	if (unit.user != NULL)
		names_want(n, NAME_IDENTITY, unit.user, unit.group);
	free_unit(&unit);
}

void
check_rights(const struct config *c, const char *file, struct errors *errors)
{
	struct rights r = { .errors = errors };
	const struct service_conf *sc;
	struct unit unit;

	if (geteuid() != 0)
		return;
	read_unit(&unit);
	if (restricts(&unit, file)) {
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
	free_unit(&unit);
}
