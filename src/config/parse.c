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
 * Each function is entered with its first token in p->t and leaves its last
 * one there.  The first syntax error ends the reading; an unknown directive or
 * section is reported and skipped.
 */
#include "config.h"

#include <sys/stat.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/file.h"
#include "config/lexer.h"
#include "config/parse.h"
#include "config/unit.h"

/* The files that are open: each was included by the one before. */
struct reading {
	struct config *config;
	unsigned int depth;
	struct stat open[PARSE_DEPTH_MAX];
};

struct parser {
	struct lexer in;
	struct token t;
	struct where where; /* of the statement */
	struct reading *reading;
	struct errors *errors;
	bool failed;
};

/* A section that is read: where its values go. */
struct block {
	enum scope scope;
	struct setting *set;
	int *given; /* the line of each of its directives; 0: not yet */
};

static bool read_file(struct reading *r, const char *path,
    const struct where *from, struct errors *errors);

static struct where
at_line(const struct parser *p, int line)
{
	return (struct where) { p->where.file, line, p->where.nth };
}

static void fail(struct parser *p, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Reports a syntax error; nothing is read after it. */
static void
fail(struct parser *p, int line, const char *fmt, ...)
{
	const struct where w = at_line(p, line);
	char *message;
	va_list ap;

	va_start(ap, fmt);
	message = mem_vprintf(fmt, ap);
	va_end(ap);
	if (!p->failed)
		errors_add(p->errors, &w, "%s", message);
	free(message);
	p->failed = true;
}

static void
advance(struct parser *p)
{
	p->t = lexer_next(&p->in);
	if (p->t.kind == TOKEN_BAD)
		fail(p, p->t.line, "%s", p->t.why);
}

/* The token in p->t cannot be where it is. */
static void
fail_here(struct parser *p)
{
	if (p->t.kind == TOKEN_END)
		fail(p, p->t.line, "unexpected end");
	else
		fail(p, p->t.line, "unexpected token '%.*s'", (int)p->t.len,
		    p->t.s);
}

/* Skips all up to the mark that closes what has been opened. */
static void
skip(struct parser *p, int open, int close)
{
	unsigned int depth = 1;

	while (depth > 0 && !p->failed) {
		advance(p);
		if (p->t.kind == TOKEN_END)
			fail(p, p->where.line, "%c is missing", close);
		depth += p->t.kind == open;
		depth -= p->t.kind == close;
	}
}

static void
skip_value(struct parser *p)
{
	if (p->t.kind == '{')
		skip(p, '{', '}');
	else if (!token_is_value(&p->t))
		fail(p, p->where.line, "value missing");
}

static void
read_value(struct parser *p, struct list *items)
{
	bool many = p->t.kind == '{';

	if (many)
		advance(p);
	while (token_is_value(&p->t)) {
		list_add(items, buf_string(&p->in.value),
		    at_line(p, p->t.line));
		if (!many)
			return;
		advance(p);
		if (p->t.kind != ',')
			break;
		advance(p);
	}
	if (!many || p->t.kind != '}')
		fail_here(p);
}

/* Reports that name is not a directive here. */
static void
report_unknown(struct parser *p, enum scope scope, const char *name)
{
	const struct config *c = p->reading->config;
	bool global = scope == SCOPE_GLOBAL;

	if (setting_find(global ? c->defaults : c->set, name) != NULL)
		errors_add(p->errors, &p->where, "%s: %s", name,
		    global ? "belongs in a service or in defaults" :
			     "belongs outside of services");
	else
		errors_add_unknown(p->errors, &p->where, name,
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
		errors_add(p->errors, &p->where,
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
	struct setting from = { .given = true, .append = p->t.kind != '=' };
	struct setting *to = find_setting(p, b, name, from.append);

	advance(p);
	if (to == NULL) {
		skip_value(p);
		return;
	}
	read_value(p, &from.items);
	if (!p->failed)
		setting_merge(to, &from);
	list_free(&from.items);
}

static void read_block(struct parser *p, enum scope scope, struct setting *set);

/* Reads a section, p->t being its opening brace; title NULL: it has none. */
static void
read_section(struct parser *p, const struct block *b, const char *name,
    const char *title, int line)
{
	bool service = strcmp(name, "service") == 0;
	struct config *c = p->reading->config;
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
		errors_add(p->errors, &p->where, "%s: %s", name, why);
		skip(p, '{', '}');
		return;
	}
	read_block(p, SCOPE_SERVICE,
	    service ? tree_add_service(c, title, at_line(p, line))->set :
		      c->defaults);
}

/* name(...): only include("file"), only outside of sections. */
static void
read_call(struct parser *p, const struct block *b, const char *name)
{
	bool include = strcmp(name, "include") == 0, given;
	char *path;

	if (!include || b->scope != SCOPE_GLOBAL) {
		errors_add(p->errors, &p->where, "%s: %s", name,
		    include ? "belongs outside of services" :
			      "unknown directive");
		skip(p, '(', ')');
		return;
	}
	advance(p);
	path = file_beside(p->where.file, buf_string(&p->in.value));
	given = token_is_value(&p->t);
	if (given)
		advance(p);
	if (!given || p->t.kind != ')')
		fail(p, p->where.line, "include: takes (\"file\")");
	else if (!read_file(p->reading, path, &p->where, p->errors))
		p->failed = true;
	free(path);
}

static void
read_statement(struct parser *p, struct block *b)
{
	char *name = mem_strndup(p->t.s, p->t.len), *title = NULL;
	int line = p->t.line;

	advance(p);
	if (p->t.kind == '=' || p->t.kind == TOKEN_APPEND) {
		read_assignment(p, b, name);
	} else if (p->t.kind == '(') {
		read_call(p, b, name);
	} else {
		if (token_is_value(&p->t)) {
			title = mem_strdup(buf_string(&p->in.value));
			line = p->t.line;
			advance(p);
		}
		if (p->t.kind == '{')
			read_section(p, b, name, title, line);
		else
			fail(p, p->where.line, "%s: = or { is missing", name);
	}
	free(title);
	free(name);
}

/* Reads a section's statements up to its closing brace, or a file's. */
static void
read_block(struct parser *p, enum scope scope, struct setting *set)
{
	struct block b = { .scope = scope, .set = set };
	int line = p->where.line;
	size_t n;

	directive_rows(scope, &n);
	b.given = mem_array(n, sizeof(*b.given));
	for (advance(p); p->t.kind == TOKEN_WORD && !p->failed; advance(p)) {
		p->where.line = p->t.line;
		read_statement(p, &b);
	}
	free(b.given);
	if (p->t.kind == TOKEN_STRING)
		fail(p, p->t.line, "%.*s: a name in quotes", (int)p->t.len,
		    p->t.s);
	else if (p->t.kind == TOKEN_END && scope == SCOPE_SERVICE)
		fail(p, line, "section without its closing brace }");
	else if (p->t.kind == '}' && scope == SCOPE_GLOBAL)
		fail(p, p->t.line, "unexpected closing brace");
	else if (p->t.kind != '}' && p->t.kind != TOKEN_END)
		fail_here(p);
}

/* Reports bytes that are not text. */
static bool
is_text(struct parser *p, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		p->where.line += text[i] == '\n';
		if ((unsigned char)text[i] >= ' ' || text[i] == '\t' ||
		    text[i] == '\r' || text[i] == '\n')
			continue;
		fail(p, p->where.line, "byte 0x%02x: not a text file",
		    (unsigned int)text[i]);
		return false;
	}
	return true;
}

/* Reads all of a text; false where it ended at a syntax error. */
static bool
read_text(struct reading *r, const struct where *first, const char *text,
    size_t len, struct errors *errors)
{
	struct parser p = {
		.in = { .p = text, .line = 1 },
		.where = *first,
		.reading = r,
		.errors = errors,
	};

	if (is_text(&p, text, len))
		read_block(&p, SCOPE_GLOBAL, r->config->set);
	free(p.in.value.s);
	return !p.failed;
}

/* Remembers a file for as long as the configuration lives; its first line. */
static struct where
add_file(struct config *c, const char *path)
{
	c->files = mem_grow(c->files, c->nfiles + 2, sizeof(*c->files));
	c->files[c->nfiles] = mem_strdup(path);
	c->files[c->nfiles + 1] = NULL;
	c->nfiles++;
	return (struct where) { c->files[c->nfiles - 1], 1, c->nfiles };
}

static const char *
enter_file(struct reading *r, const struct stat *st)
{
	unsigned int i;

	if (r->depth == PARSE_DEPTH_MAX)
		return "included too deeply";
	for (i = 0; i < r->depth; i++)
		if (r->open[i].st_dev == st->st_dev &&
		    r->open[i].st_ino == st->st_ino)
			return "includes itself";
	r->open[r->depth++] = *st;
	return NULL;
}

/* Reads a file; from is the include that asks for it, or NULL.  False where
 * what follows cannot be read. */
static bool
read_file(struct reading *r, const char *path, const struct where *from,
    struct errors *errors)
{
	const struct where first = add_file(r->config, path);
	const char *why;
	struct stat st;
	bool whole = true;
	size_t len;
	char *text;

	text = file_read(path, PARSE_SIZE_MAX, &len, &st, &why);
	if (text != NULL)
		why = enter_file(r, &st);
	if (why == NULL) {
		whole = read_text(r, &first, text, len, errors);
		r->depth--;
	} else if (from != NULL) {
		errors_add(errors, from, "include: %s: %s", unit_shown(path),
		    why);
	} else {
		errors_add(errors, &first, "%s", why);
	}
	free(text);
	return whole;
}

void
parse_file(struct config *c, const char *path, struct errors *errors)
{
	struct reading r = { .config = c };

	c->cut = !read_file(&r, path, NULL, errors);
}

void
parse_text(struct config *c, const char *name, const char *text,
    struct errors *errors)
{
	struct reading r = { .config = c };
	const struct where first = add_file(c, name);

	c->cut = !read_text(&r, &first, text, strlen(text), errors);
}

bool
parse_value(const char *text, const struct where *where, struct list *items,
    struct errors *errors)
{
	struct parser p = {
		.in = { .p = text },
		.where = *where,
		.errors = errors,
	};
	size_t i;

	if (is_text(&p, text, strlen(text))) {
		advance(&p);
		read_value(&p, items);
		if (!p.failed)
			advance(&p);
		if (!p.failed && p.t.kind != TOKEN_END)
			fail_here(&p);
	}
	for (i = 0; i < items->n; i++)
		items->v[i].where = *where;
	free(p.in.value.s);
	return !p.failed;
}
