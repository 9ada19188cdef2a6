/* SPDX-License-Identifier: ISC */
/*
 * A recursive-descent parser:
 *
 *	file      = { statement }
 *	statement = name ( "=" | "+=" ) value
 *	          | "include" "(" string ")"
 *	          | ( "defaults" | "service" name ) "{" { statement } "}"
 *	value     = string | "{" [ string { "," string } [ "," ] ] "}"
 *
 * Each function is entered with its first token in p->in.t and leaves its last
 * one there.  The first syntax error ends the reading; an unknown directive or
 * section is reported and skipped.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/file.h"
#include "config/lexer.h"
#include "config/parse.h"
#include "config/unit.h"

/* A text that is read. */
struct parser {
	struct lexer in;
	struct where where; /* of the statement */
	struct config *config;
	struct file file;
};

/* A section that is read: where its values go. */
struct block {
	enum scope scope;
	struct setting *set;
	int *given; /* the line of each of its directives; 0: not yet */
};

static void read_file(struct config *c, struct parser *includer,
    const char *path, struct errors *errors);

static void
skip_value(struct parser *p)
{
	if (p->in.t.kind == '{')
		lexer_skip(&p->in, '}', &p->where);
	else if (!lexer_at_value(&p->in))
		lexer_fail(&p->in, &p->where, "value missing");
}

/* Reports that name is not a directive here. */
static void
report_unknown(struct parser *p, enum scope scope, const char *name)
{
	const struct config *c = p->config;
	bool global = scope == SCOPE_GLOBAL;

	if (setting_find(global ? c->defaults : c->set, name) != NULL)
		errors_add(p->in.errors, &p->where, "%s: %s", name,
		    global ? "belongs in a service or in defaults" :
			     "belongs outside of services");
	else
		errors_add_unknown(p->in.errors, &p->where, name,
		    directive_nearest(scope, name));
}

/* The setting of a directive; NULL and an error if it is unknown, or was given
 * before in the block. */
static struct setting *
find_setting(struct parser *p, struct block *b, const char *name, bool append)
{
	struct setting *set = setting_find(b->set, name);
	int *given;

	if (set == NULL) {
		report_unknown(p, b->scope, name);
		return NULL;
	}
	given = &b->given[set - b->set];
	if (*given != 0 && !append) {
		errors_add(p->in.errors, &p->where,
		    "%s: given twice, first in line %d (+= adds to a list)",
		    name, *given);
		return NULL;
	}
	if (*given == 0)
		*given = p->where.line;
	return set;
}

static void
read_assignment(struct parser *p, struct block *b, const char *name)
{
	struct setting from = { .given = true, .append = p->in.t.kind != '=' };
	struct setting *to = find_setting(p, b, name, from.append);

	lexer_next(&p->in);
	if (to == NULL) {
		skip_value(p);
		return;
	}
	lexer_value(&p->in, &from.items);
	if (!p->in.failed)
		setting_merge(to, &from);
	list_free(&from.items);
}

static void read_block(struct parser *p, enum scope scope, struct setting *set);

/* Reads a section, p->in.t being its opening brace; title NULL: it has none. */
static void
read_section(struct parser *p, const struct block *b, const char *name,
    const char *title, const struct where *where)
{
	bool service = strcmp(name, "service") == 0;
	struct config *c = p->config;
	const char *why = NULL;

	if (b->scope != SCOPE_GLOBAL)
		why = "a section within a section";
	else if (service && title == NULL)
		why = "has no name";
	else if (!service && strcmp(name, "defaults") != 0)
		why = "unknown section";
	else if (!service && title != NULL)
		why = "takes no name";
	if (why != NULL) {
		errors_add(p->in.errors, &p->where, "%s: %s", name, why);
		lexer_skip(&p->in, '}', &p->where);
		return;
	}
	read_block(p, SCOPE_SERVICE,
	    service ? tree_add_service(c, title, *where)->set : c->defaults);
}

/* name(...): only include("file"), only outside of sections. */
static void
read_call(struct parser *p, const struct block *b, const char *name)
{
	bool include = strcmp(name, "include") == 0, given;
	char *path;

	if (!include || b->scope != SCOPE_GLOBAL) {
		errors_add(p->in.errors, &p->where, "%s: %s", name,
		    include ? "belongs outside of services" :
			      "unknown directive");
		lexer_skip(&p->in, ')', &p->where);
		return;
	}
	lexer_next(&p->in);
	path = file_beside(p->where.file, buf_string(&p->in.value));
	given = lexer_at_value(&p->in);
	if (given)
		lexer_next(&p->in);
	if (!given || p->in.t.kind != ')')
		lexer_fail(&p->in, &p->where, "include: takes (\"file\")");
	else
		read_file(p->config, p, path, p->in.errors);
	free(path);
}

static void
read_statement(struct parser *p, struct block *b)
{
	char *name = mem_strndup(p->in.t.s, p->in.t.len), *title = NULL;
	struct where where = p->in.t.where;

	lexer_next(&p->in);
	if (p->in.t.kind == '=' || p->in.t.kind == TOKEN_APPEND) {
		read_assignment(p, b, name);
	} else if (p->in.t.kind == '(') {
		read_call(p, b, name);
	} else {
		if (lexer_at_value(&p->in)) {
			title = mem_strdup(buf_string(&p->in.value));
			where = p->in.t.where;
			lexer_next(&p->in);
		}
		if (p->in.t.kind == '{')
			read_section(p, b, name, title, &where);
		else
			lexer_fail(&p->in, &p->where, "%s: = or { is missing",
			    name);
	}
	free(title);
	free(name);
}

/* Reads a section's statements up to its closing brace, or a file's. */
static void
read_block(struct parser *p, enum scope scope, struct setting *set)
{
	struct block b = { .scope = scope, .set = set };
	const struct where first = p->where;
	size_t n;

	directive_rows(scope, &n);
	b.given = mem_array(n, sizeof(*b.given));
	for (lexer_next(&p->in); p->in.t.kind == TOKEN_WORD && !p->in.failed;
	     lexer_next(&p->in)) {
		p->where = p->in.t.where;
		read_statement(p, &b);
	}
	free(b.given);
	if (p->in.t.kind == TOKEN_STRING)
		lexer_fail(&p->in, &p->in.t.where, "%.*s: a name in quotes",
		    (int)p->in.t.len, p->in.t.s);
	else if (p->in.t.kind == TOKEN_END && scope == SCOPE_SERVICE)
		lexer_fail(&p->in, &first,
		    "section without its closing brace }");
	else if (p->in.t.kind == '}' && scope == SCOPE_GLOBAL)
		lexer_fail(&p->in, &p->in.t.where, "unexpected closing brace");
	else if (p->in.t.kind != '}' && p->in.t.kind != TOKEN_END)
		lexer_fail_here(&p->in);
}

static void
read_text(struct parser *p, const char *text, size_t len)
{
	p->in.p = text;
	p->where = p->in.where;
	lexer_check(&p->in, len);
	if (!p->in.failed)
		read_block(p, SCOPE_GLOBAL, p->config->set);
	free(p->in.value.s);
}

/* Reads a file, which includer, if not NULL, asks for.  An error of syntax ends
 * the reading of that as well. */
static void
read_file(struct config *c, struct parser *includer, const char *path,
    struct errors *errors)
{
	struct parser p = { .config = c,
		.in = { .where = tree_add_file(c, path), .errors = errors } };
	const char *why;
	size_t len;
	char *text;

	p.file.includer = includer == NULL ? NULL : &includer->file;
	text = file_read(path, &p.file, &len, &why);
	if (text != NULL)
		read_text(&p, text, len);
	else if (includer != NULL)
		errors_add(errors, &includer->where, "include: %s: %s",
		    unit_shown(path), why);
	else
		errors_add(errors, &p.in.where, "%s", why);
	free(text);
	if (includer != NULL)
		includer->in.failed = p.in.failed;
	else
		c->cut = p.in.failed;
}

void
parse_file(struct config *c, const char *path, struct errors *errors)
{
	read_file(c, NULL, path, errors);
}

void
parse_text(struct config *c, const char *name, const char *text,
    struct errors *errors)
{
	struct parser p = { .config = c,
		.in = { .where = tree_add_file(c, name), .errors = errors } };

	read_text(&p, text, strlen(text));
	c->cut = p.in.failed;
}

bool
parse_value(const char *text, const struct where *where, struct list *items,
    struct errors *errors)
{
	struct lexer l = { .p = text, .where = *where, .errors = errors };
	size_t i;

	lexer_check(&l, strlen(text));
	if (!l.failed) {
		lexer_next(&l);
		lexer_value(&l, items);
		if (!l.failed)
			lexer_next(&l);
		if (l.t.kind != TOKEN_END)
			lexer_fail_here(&l);
	}
	for (i = 0; i < items->n; i++)
		items->v[i].where = *where;
	free(l.value.s);
	return !l.failed;
}
