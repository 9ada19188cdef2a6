/* SPDX-License-Identifier: ISC */
/*
 * Where a configuration comes from.
 */
#include "config.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/origin.h"
#include "config/tree.h"
#include "config/unit.h"

static const char embedded[] = "service echo {\n"
			       "	listen = \"localhost:7007\"\n"
			       "	builtin = echo\n"
			       "}\n"
			       "service whoami {\n"
			       "	listen = \"localhost:7008\"\n"
			       "	builtin = whoami\n"
			       "}\n";

static const struct where from_option = { .file = "-o" };

/* Adds an item to what a service has of a directive; file is the option. */
static struct setting *
give(struct service_conf *sc, const char *directive, const char *text,
    const char *file)
{
	struct setting *set = setting_find(sc->set, directive);

	set->given = true;
	list_add(&set->items, text, (struct where) { .file = file });
	return set;
}

/* The setting of that name; NULL and an error where it cannot be set. */
static struct setting *
find_setting(struct config *c, const char *name, bool one_service,
    struct errors *errors)
{
	struct setting *set = setting_find(c->set, name);
	const char *meant;

	if (set != NULL)
		return set;
	if (setting_find(c->defaults, name) == NULL) {
		meant = directive_nearest(SCOPE_SERVICE, name);
		if (meant == NULL)
			meant = directive_nearest(SCOPE_GLOBAL, name);
		errors_add_unknown(errors, &from_option, name, meant);
		return NULL;
	}
	if (one_service)
		return setting_find(TAILQ_FIRST(&c->services)->set, name);
	errors_add(errors, &from_option,
	    "%s: only with -l; in a file it is set in each service", name);
	return NULL;
}

/* Reads `name=value` or `name+=value`. */
static void
read_option(struct config *c, const char *text, bool one_service,
    struct errors *errors)
{
	struct setting from = { .given = true }, *to;
	size_t len = strcspn(text, "=");
	char *name;

	if (text[len] == '\0') {
		errors_add(errors, &from_option, "%s: must be directive=value",
		    text);
		return;
	}
	from.append = len > 0 && text[len - 1] == '+';
	name = mem_strndup(text, from.append ? len - 1 : len);
	to = find_setting(c, name, one_service, errors);
	free(name);
	text += len + 1;
	if (to == NULL ||
	    (text[0] == '{' &&
		!parse_value(text, &from_option, &from.items, errors)))
		goto out;
	if (text[0] != '{')
		list_add(&from.items, text, from_option);
	setting_merge(to, &from);
out:
	list_free(&from.items);
}

/* The program as an absolute path, looked for in PATH; NULL when it is not
 * there.  The caller's. */
static char *
find_program(const char *name)
{
	const char *path = getenv("PATH"), *end;
	struct stat st;
	char cwd[4096], *whole;

	if (name[0] == '/')
		return mem_strdup(name);
	if (getcwd(cwd, sizeof(cwd)) == NULL)
		return NULL;
	if (strchr(name, '/') != NULL)
		return mem_printf("%s/%s", cwd, name);
	for (path = path == NULL ? "/usr/bin:/bin" : path;; path = end + 1) {
		end = strchrnul(path, ':');
		whole = mem_printf("%s%s%.*s/%s", *path == '/' ? "" : cwd,
		    *path == '/' ? "" : "/", (int)(end - path), path, name);
		if (stat(whole, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(whole, X_OK) == 0)
			return whole;
		free(whole);
		if (*end == '\0')
			return NULL;
	}
}

/* The service's name: what it runs, in the letters that a name can have. */
static char *
name_service(const struct config_source *src, struct errors *errors)
{
	const char *from = src->builtin, *slash;
	char *name, *p;

	if (from == NULL) {
		slash = strrchr(src->argv[0], '/');
		from = slash == NULL ? src->argv[0] : slash + 1;
	}
	name = mem_strndup(from[0] == '\0' ? "service" : from,
	    SETTINGS_NAME_MAX - 1);
	for (p = name; *p != '\0'; p++)
		if (strchr(NAME_LETTERS, *p) == NULL)
			*p = '_';
	if (strlen(from) > strlen(name))
		errors_warn(errors, NULL, "%s: the service is called %s", from,
		    name);
	return name;
}

static void
read_program(struct service_conf *sc, const struct config_source *src,
    struct errors *errors)
{
	const char *name = src->argv[0];
	char *path = find_program(name);
	size_t i;

	give(sc, "exec", path == NULL ? name : path, NULL)->wrong = path ==
	    NULL;
	if (path == NULL)
		errors_add(errors, NULL, "%s: not found in PATH", name);
	if (builtin_find(name) != BUILTIN_NONE)
		errors_warn(errors, NULL,
		    "%s: runs the program %s; the built-in service is -s %s",
		    name, path == NULL ? name : path, name);
	free(path);
	for (i = 1; i < src->nargv; i++)
		give(sc, "exec", src->argv[i], NULL);
}

/* One service from the command line. */
static void
read_arguments(struct config *c, const struct config_source *src,
    struct errors *errors)
{
	char *name = name_service(src, errors);
	struct service_conf *sc = tree_add_service(c, name,
	    (struct where) { .file = NULL });
	size_t i;

	free(name);
	for (i = 0; i < src->nlisten; i++)
		give(sc, "listen", src->listen[i], "-l");
	if (src->builtin == NULL)
		read_program(sc, src, errors);
	else
		give(sc, "builtin", src->builtin, "-s");
}

void
origin_read(struct config *c, const struct config_source *src,
    struct errors *errors)
{
	bool one_service = !src->embedded && src->file == NULL;
	size_t i;

	if (src->embedded)
		parse_text(c, "(built-in default)", embedded, errors);
	else if (src->file != NULL)
		parse_file(c, src->file, errors);
	else
		read_arguments(c, src, errors);
	for (i = 0; i < src->nset; i++)
		read_option(c, src->set[i], one_service, errors);
}
