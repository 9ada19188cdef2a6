/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/file.h"
#include "config/sysunit.h"

#define UNIT         "tined.service"
#define DEFAULT_FILE SYSCONFDIR "/tined/tined.conf"

/* systemd.unit(5); the first one wins. */
static const char *const dirs[] = { "/etc/systemd/system",
	"/run/systemd/system", SYSTEMDUNITDIR, "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system" };

#define NDIRS (sizeof(dirs) / sizeof(dirs[0]))

static void
set(char **to, const char *value)
{
	free(*to);
	*to = value[0] == '\0' ? NULL : mem_strdup(value);
}

/* What follows -c or --config on a command line. */
static void
take_command(struct sysunit *u, const char *line)
{
	char *copy = mem_strdup(line), *rest = copy, *word;
	const char *before = "";

	set(&u->config, "");
	while ((word = strsep(&rest, " \t")) != NULL) {
		if (word[0] == '\0')
			continue;
		if (strcmp(before, "-c") == 0 ||
		    strcmp(before, "--config") == 0)
			set(&u->config, word);
		else if (strncmp(word, "--config=", 9) == 0)
			set(&u->config, word + 9);
		before = word;
	}
	free(copy);
}

static void
take_line(struct sysunit *u, const char *line)
{
	if (strncmp(line, "User=", 5) == 0)
		set(&u->user, line + 5);
	else if (strncmp(line, "Group=", 6) == 0)
		set(&u->group, line + 6);
	else if (strncmp(line, "ExecStart=", 10) == 0)
		take_command(u, line + 10);
}

/* Whether the file is there; a unit that is masked, a link to /dev/null, is. */
static bool
take_file(struct sysunit *u, const char *path)
{
	char *text, *rest, *line;
	const char *why;
	struct file file = { .includer = NULL };
	struct stat st;
	size_t len;

	text = rest = file_read(path, &file, &len, &why);
	while ((line = strsep(&rest, "\n")) != NULL)
		take_line(u, line);
	free(text);
	return text != NULL || (stat(path, &st) == 0 && S_ISCHR(st.st_mode));
}

static void
take_drop_ins(struct sysunit *u, const char *dir)
{
	char *pattern = mem_printf("%s/" UNIT ".d/*.conf", dir);
	glob_t found;
	size_t i;

	if (glob(pattern, GLOB_PERIOD, NULL, &found) == 0) {
		for (i = 0; i < found.gl_pathc; i++)
			(void)take_file(u, found.gl_pathv[i]);
		globfree(&found);
	}
	free(pattern);
}

bool
sysunit_read(struct sysunit *u)
{
	bool found = false;
	char *path;
	size_t i;

	*u = (struct sysunit) { .user = NULL };
	for (i = 0; i < NDIRS && !found; i++) {
		if (dirs[i][0] == '\0') /* the build installs none */
			continue;
		path = mem_printf("%s/" UNIT, dirs[i]);
		found = take_file(u, path);
		free(path);
	}
	for (i = NDIRS; i > 0 && found; i--)
		take_drop_ins(u, dirs[i - 1]);
	return found;
}

void
sysunit_free(struct sysunit *u)
{
	free(u->user);
	free(u->group);
	free(u->config);
}

bool
sysunit_restricts(const struct sysunit *u, const char *file)
{
	char *own, *checked;
	bool same;

	if (u->user == NULL || strcmp(u->user, "root") == 0 ||
	    strcmp(u->user, "0") == 0 || file == NULL)
		return false;
	own = realpath(u->config == NULL ? DEFAULT_FILE : u->config, NULL);
	checked = realpath(file, NULL);
	same = own != NULL && checked != NULL && strcmp(own, checked) == 0;
	free(own);
	free(checked);
	return same;
}
