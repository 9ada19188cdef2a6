/* SPDX-License-Identifier: ISC */
/*
 * Reading configuration files with libConfuse.
 *
 * Every directive is a list of pointers to it: our own readers understand the
 * values later, so that each wrong one is reported and none ends the reading.
 * The parse callback keeps the line of each item.  Includes are read by
 * calling the parser from within, each file whole, so its own include stack,
 * which an error would leave behind, stays empty.
 */
#include "config.h"

#include <sys/stat.h>

#include <confuse.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/file.h"
#include "config/parse.h"
#include "config/scan.h"
#include "config/value.h"

/* The reading: libConfuse's callbacks are given nothing of ours. */
static struct {
	struct tree *tree;
	struct errors *errors;
	const char *file; /* that is being read */
	unsigned int depth;
	struct {
		dev_t dev;
		ino_t ino;
	} open[PARSE_DEPTH_MAX]; /* that includes it, from the first on */
} reading;

static int parse_path(cfg_t *cfg, const char *path, const struct where *from);

static int
keep_item(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct item *item = mem_array(1, sizeof(*item));

	(void)opt;
	item->text = mem_strdup(value);
	item->where.file = reading.file;
	item->where.line = cfg->line;
	*(void **)result = item;
	return 0;
}

static void
free_item(void *p)
{
	struct item *item = p;

	free(item->text);
	free(item);
}

static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct where w = { reading.file, cfg->line };
	char *message;

	if (vasprintf(&message, fmt, ap) == -1)
		message = mem_strdup(fmt);
	errors_add(reading.errors, &w, "%s", message);
	free(message);
}

static int
on_include(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	struct where w = { reading.file, cfg->line };
	const char *file = reading.file;
	int error, line = cfg->line;
	char *path;

	(void)opt;
	(void)argc; /* one: scan_text has seen to it */
	path = file_beside(file, argv[0]);
	error = parse_path(cfg, path, &w);
	free(path);
	reading.file = file;
	cfg->line = line;
	return error;
}

static cfg_opt_t *
make_options(enum scope scope, size_t nmore)
{
	const struct directive *rows;
	cfg_opt_t *opts;
	size_t i, n;

	rows = directive_rows(scope, &n);
	opts = mem_array(n + nmore + 1, sizeof(*opts)); /* zero: CFG_END */
	for (i = 0; i < n; i++)
		opts[i] = (cfg_opt_t)CFG_PTR_LIST_CB(rows[i].name, NULL,
		    CFGF_NONE, keep_item, free_item);
	return opts;
}

static void
take_items(struct list *to, cfg_opt_t *opt)
{
	const struct item *item;
	unsigned int i;

	for (i = 0; i < cfg_opt_size(opt); i++) {
		item = cfg_opt_getnptr(opt, i);
		list_add(to, item->text, item->where);
	}
}

/* What libConfuse has read for one directive. */
static void
take_setting(struct setting *to, cfg_opt_t *opt)
{
	struct setting from = { .given = (opt->flags & CFGF_MODIFIED) != 0 };
	struct list all = { 0 };
	size_t i;

	take_items(&all, opt);
	for (i = 0; i < all.n; i++) {
		if (strcmp(all.v[i].text, SCAN_APPEND) != 0)
			list_add(&from.items, all.v[i].text, all.v[i].where);
		else if (i == 0)
			from.append = true;
	}
	/* An assignment that the reading ended in has no value. */
	if (from.items.n == 0 && reading.tree->failed)
		from.given = false;
	setting_merge(to, &from);
	list_free(&from.items);
	list_free(&all);
}

static void
take_section(struct section *to, enum scope scope, cfg_t *cfg)
{
	size_t i, n;

	directive_rows(scope, &n);
	for (i = 0; i < n; i++)
		take_setting(&to->set[i], cfg_getnopt(cfg, (unsigned int)i));
}

static void
take_tree(struct tree *t, cfg_t *cfg)
{
	const struct item *name;
	struct section *s;
	unsigned int i;
	cfg_t *sec;

	take_section(&t->global, SCOPE_GLOBAL, cfg);
	for (i = 0; i < cfg_size(cfg, "defaults"); i++)
		take_section(&t->defaults, SCOPE_SERVICE,
		    cfg_getnsec(cfg, "defaults", i));
	for (i = 0; i < cfg_size(cfg, "service"); i++) {
		sec = cfg_getnsec(cfg, "service", i);
		if (cfg_size(sec, SCAN_NAME) == 0)
			continue; /* has been reported */
		name = cfg_getptr(sec, SCAN_NAME);
		s = tree_add_service(t, name->text, name->where);
		take_section(s, SCOPE_SERVICE, sec);
	}
}

/* Remembers a file for as long as the configuration lives. */
static const char *
add_file(struct tree *t, const char *path)
{
	t->files = mem_grow(t->files, t->nfiles + 2, sizeof(*t->files));
	t->files[t->nfiles] = mem_strdup(path);
	t->files[t->nfiles + 1] = NULL;
	return t->files[t->nfiles++];
}

static int
parse_buffer(cfg_t *cfg, const char *text, size_t len)
{
	bool failed;
	char *clean;
	int error = CFG_SUCCESS;
	FILE *fp;

	clean = scan_text(reading.file, text, len, reading.errors, &failed);
	fp = fmemopen(clean, strlen(clean), "r");
	if (fp == NULL)
		error = CFG_PARSE_ERROR;
	else
		error = cfg_parse_fp(cfg, fp);
	if (fp != NULL)
		fclose(fp);
	free(clean);
	return failed ? CFG_PARSE_ERROR : error;
}

static const char *
enter_file(const struct stat *st)
{
	unsigned int i;

	if (reading.depth == PARSE_DEPTH_MAX)
		return "included too deeply";
	for (i = 0; i < reading.depth; i++)
		if (reading.open[i].dev == st->st_dev &&
		    reading.open[i].ino == st->st_ino)
			return "includes itself";
	reading.open[reading.depth].dev = st->st_dev;
	reading.open[reading.depth].ino = st->st_ino;
	reading.depth++;
	return NULL;
}

/* Reads a file; from is the include that asks for it, or NULL. */
static int
parse_path(cfg_t *cfg, const char *path, const struct where *from)
{
	const char *why, *file = add_file(reading.tree, path);
	struct where first = { file, 1 };
	struct stat st;
	size_t len;
	char *text;
	int error;

	text = file_read(path, PARSE_SIZE_MAX, &len, &st, &why);
	if (text != NULL)
		why = enter_file(&st);
	if (why != NULL && from != NULL)
		errors_add(reading.errors, from, "include: %s: %s",
		    value_shown(path), why);
	else if (why != NULL)
		errors_add(reading.errors, &first, "%s", why);
	if (why != NULL) {
		free(text);
		return CFG_SUCCESS; /* what follows can be read all the same */
	}
	reading.file = file;
	error = parse_buffer(cfg, text, len);
	reading.depth--;
	free(text);
	return error;
}

/* Calls the parser on a file (text NULL) or a text of that name. */
static void
parse(struct tree *t, const char *name, const char *text, struct errors *errors)
{
	cfg_opt_t *global, *service, *root;
	size_t nglobal, nservice;
	int error;
	cfg_t *cfg;

	directive_rows(SCOPE_GLOBAL, &nglobal);
	directive_rows(SCOPE_SERVICE, &nservice);
	global = make_options(SCOPE_GLOBAL, 3);
	service = make_options(SCOPE_SERVICE, 1);
	service[nservice] = (cfg_opt_t)CFG_PTR_LIST_CB(SCAN_NAME, NULL,
	    CFGF_NONE, keep_item, free_item);
	root = global + nglobal;
	root[0] = (cfg_opt_t)CFG_SEC("defaults", service, CFGF_MULTI);
	root[1] = (cfg_opt_t)CFG_SEC("service", service, CFGF_MULTI);
	root[2] = (cfg_opt_t)CFG_FUNC("include", on_include);

	cfg = cfg_init(global, CFGF_NONE);
	if (cfg == NULL)
		abort();
	cfg_set_error_function(cfg, on_error);
	reading.tree = t;
	reading.errors = errors;
	reading.depth = 0;
	if (text == NULL) {
		error = parse_path(cfg, name, NULL);
	} else {
		reading.file = add_file(t, name);
		error = parse_buffer(cfg, text, strlen(text));
	}
	if (error != CFG_SUCCESS)
		t->failed = true;
	take_tree(t, cfg);
	cfg_free(cfg);
	free(service);
	free(global);
}

void
parse_file(struct tree *t, const char *path, struct errors *errors)
{
	parse(t, path, NULL, errors);
}

void
parse_text(struct tree *t, const char *name, const char *text,
    struct errors *errors)
{
	parse(t, name, text, errors);
}
