/* SPDX-License-Identifier: ISC */
/*
 * What happens to a configuration file before libConfuse reads it.
 *
 * Whatever does not have the form of a statement is handed on as it is, with
 * all that follows: libConfuse then says what is wrong with it and ends the
 * reading there.
 */
#include "config.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/directive.h"
#include "config/scan.h"
#include "config/token.h"

struct scan {
	struct tokens in;
	struct buf out;
	struct where where; /* its line is that of the statement */
	struct errors *errors;
	bool failed;       /* cannot be read on */
	bool raw;          /* not a statement: the rest goes out as it is */
	size_t whole;      /* what of out is whole statements */
	unsigned int open; /* sections that are open in it */
};

/* A section that is being read: which directives it has had, at what line. */
struct block {
	enum scope scope;
	bool top;
	int *given;
};

/* Writes blanks of the token's text and before it: its line ends. */
static void
drop(struct scan *s, const struct token *t)
{
	const char *p;

	for (p = t->space; p < t->s + t->len; p++)
		if (*p == '\n')
			buf_char(&s->out, '\n');
}

static void
emit(struct scan *s, const struct token *t)
{
	const char *p;

	for (p = t->space; p < t->s; p++)
		if (*p == '\n')
			buf_char(&s->out, '\n');
	buf_char(&s->out, ' ');
	buf_add(&s->out, t->s, t->len);
}

static struct token
next(struct scan *s)
{
	struct token t = token_next(&s->in);
	struct where w = s->where;

	if (t.kind == TOKEN_BAD) {
		w.line = t.line;
		errors_add(s->errors, &w, "%s", t.why);
		s->failed = true;
	}
	return t;
}

/* Hands the token and all that follows it on as it is. */
static void
go_raw(struct scan *s, struct token t)
{
	s->raw = true;
	while (!s->failed && t.kind != TOKEN_END) {
		emit(s, &t);
		t = next(s);
	}
}

/* Drops all up to the mark that closes what has been opened. */
static void
drop_to(struct scan *s, char open, char close)
{
	unsigned int depth = 1;
	struct token t;

	while (depth > 0) {
		t = next(s);
		if (t.kind == TOKEN_BAD)
			return;
		if (t.kind == TOKEN_END) {
			errors_add(s->errors, &s->where, "%c is missing",
			    close);
			s->failed = true;
			return;
		}
		drop(s, &t);
		if (token_is(&t, open))
			depth++;
		else if (token_is(&t, close))
			depth--;
	}
}

static void
drop_value(struct scan *s)
{
	struct token t = next(s);

	if (token_is(&t, '{')) {
		drop(s, &t);
		drop_to(s, '{', '}');
	} else if (token_is_value(&t)) {
		drop(s, &t);
	} else if (t.kind != TOKEN_BAD) {
		errors_add(s->errors, &s->where, "value missing");
		s->failed = true;
	}
}

/* Says that name is no directive here, and what may have been meant. */
static void
report_unknown(struct scan *s, const struct block *b, const char *name)
{
	enum scope other = b->scope == SCOPE_GLOBAL ? SCOPE_SERVICE :
						      SCOPE_GLOBAL;
	const char *meant;

	if (directive_find(other, name) != NULL) {
		errors_add(s->errors, &s->where, "%s: %s", name,
		    other == SCOPE_GLOBAL ?
			"belongs outside of services" :
			"belongs into a service or defaults");
		return;
	}
	meant = directive_nearest(b->scope, name);
	if (meant == NULL)
		errors_add(s->errors, &s->where, "%s: unknown directive", name);
	else
		errors_add(s->errors, &s->where, "%s: unknown directive (%s?)",
		    name, meant);
}

/* Whether this directive may be given (once more) in the section. */
static bool
may_give(struct scan *s, struct block *b, const char *name, bool append)
{
	const struct directive *d = directive_find(b->scope, name);
	int *given;

	if (d == NULL) {
		report_unknown(s, b, name);
		return false;
	}
	given = &b->given[directive_index(d)];
	if (*given != 0 && !append) {
		errors_add(s->errors, &s->where,
		    "%s: given twice, first in line %d (+= adds to a list)",
		    name, *given);
		return false;
	}
	if (*given == 0)
		*given = s->where.line;
	return true;
}

/* name = value, name = {values}, name += ...; op is the second token. */
static void
scan_assignment(struct scan *s, struct block *b, const struct token *first,
    const struct token *op)
{
	bool append = op->kind == TOKEN_APPEND;
	char *name = mem_strndup(first->s, first->len);
	struct token t;

	if (!may_give(s, b, name, append)) {
		drop(s, first);
		drop(s, op);
		drop_value(s);
		free(name);
		return;
	}
	emit(s, first);
	if (append) {
		buf_str(&s->out, " += {'" SCAN_APPEND "'} ");
		buf_str(&s->out, name);
	}
	free(name);
	emit(s, op);
	t = next(s);
	if (!token_is(&t, '{')) {
		if (token_is_value(&t))
			emit(s, &t);
		else
			go_raw(s, t);
		return;
	}
	do {
		emit(s, &t);
		t = next(s);
	} while (token_is_value(&t) || token_is(&t, ','));
	if (token_is(&t, '}'))
		emit(s, &t);
	else
		go_raw(s, t);
}

static void scan_block(struct scan *s, enum scope scope, bool top);

static bool
token_equals(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && t->len == strlen(word) &&
	    memcmp(t->s, word, t->len) == 0;
}

/* A section, its opening brace being the last token that was read. */
static void
scan_section(struct scan *s, const struct block *b, const struct token *word,
    const struct token *title, const struct token *brace)
{
	bool service = token_equals(word, "service");

	if (!b->top || (!service && !token_equals(word, "defaults"))) {
		errors_add(s->errors, &s->where, "%.*s: %s", (int)word->len,
		    word->s,
		    b->top ? "unknown section" : "a section within a section");
		drop(s, word);
		if (title != NULL)
			drop(s, title);
		drop(s, brace);
		drop_to(s, '{', '}');
		return;
	}
	if (service && title == NULL)
		errors_add(s->errors, &s->where, "service: has no name");
	else if (!service && title != NULL)
		errors_add(s->errors, &s->where, "defaults: takes no name");
	emit(s, word);
	buf_char(&s->out, '{');
	if (title != NULL && service) {
		buf_str(&s->out, SCAN_NAME "=");
		emit(s, title);
	} else if (title != NULL) {
		drop(s, title);
	}
	drop(s, brace);
	scan_block(s, SCOPE_SERVICE, false);
}

/* word(...): only include("file"), only at the top. */
static void
scan_call(struct scan *s, const struct block *b, const struct token *word,
    const struct token *open)
{
	bool include = token_equals(word, "include");
	struct token name, close;

	if (!include || !b->top) {
		errors_add(s->errors, &s->where, "%.*s: %s", (int)word->len,
		    word->s,
		    include ? "belongs outside of services" :
			      "unknown directive");
		drop(s, word);
		drop(s, open);
		drop_to(s, '(', ')');
		return;
	}
	name = next(s);
	close = s->failed ? name : next(s);
	if (s->failed)
		return;
	if (!token_is_value(&name) || !token_is(&close, ')')) {
		errors_add(s->errors, &s->where, "include: takes (\"file\")");
		s->failed = true;
		return;
	}
	emit(s, word);
	emit(s, open);
	emit(s, &name);
	emit(s, &close);
}

static void
scan_statement(struct scan *s, struct block *b, const struct token *word)
{
	struct token t = next(s), brace;

	if (t.kind == TOKEN_BAD)
		return;
	if (token_is(&t, '=') || t.kind == TOKEN_APPEND) {
		scan_assignment(s, b, word, &t);
	} else if (token_is(&t, '(')) {
		scan_call(s, b, word, &t);
	} else if (token_is(&t, '{')) {
		scan_section(s, b, word, NULL, &t);
	} else if (token_is_value(&t)) {
		brace = next(s);
		if (token_is(&brace, '{')) {
			scan_section(s, b, word, &t, &brace);
			return;
		}
		errors_add(s->errors, &s->where, "%.*s: = or { is missing",
		    (int)word->len, word->s);
		s->failed = true;
	} else {
		emit(s, word);
		go_raw(s, t);
	}
}

/* A section's statements up to its closing brace, or the file's. */
static void
scan_block(struct scan *s, enum scope scope, bool top)
{
	struct block b = { .scope = scope, .top = top };
	int line = s->where.line;
	struct token t;
	size_t n;

	directive_rows(scope, &n);
	b.given = mem_array(n, sizeof(*b.given));
	while (!s->failed && !s->raw) {
		s->whole = s->out.len;
		s->open = top ? 0 : 1;
		t = next(s);
		s->where.line = t.line;
		if (t.kind == TOKEN_WORD) {
			scan_statement(s, &b, &t);
			continue;
		}
		if (t.kind == TOKEN_END && !top) {
			/* libConfuse takes the end of file for a brace. */
			s->where.line = line;
			errors_add(s->errors, &s->where,
			    "section without its closing brace }");
			s->failed = true;
		}
		if (t.kind == TOKEN_END || t.kind == TOKEN_BAD)
			break;
		if (t.kind == TOKEN_STRING) {
			errors_add(s->errors, &s->where,
			    "%.*s: a name in quotes", (int)t.len, t.s);
			s->failed = true;
			break;
		}
		if (top || !token_is(&t, '}')) {
			go_raw(s, t);
			break;
		}
		emit(s, &t);
		break;
	}
	free(b.given);
}

/* Reports bytes that are no text, and so stand in no configuration. */
static bool
is_text(struct scan *s, const char *text, size_t len)
{
	size_t i;

	s->where.line = 1;
	for (i = 0; i < len; i++) {
		if (text[i] == '\n') {
			s->where.line++;
		} else if ((unsigned char)text[i] < ' ' && text[i] != '\t' &&
		    text[i] != '\r') {
			errors_add(s->errors, &s->where,
			    "byte 0x%02x: not a text file",
			    (unsigned int)text[i]);
			return false;
		}
	}
	return true;
}

char *
scan_text(const char *file, const char *text, size_t len, struct errors *errors,
    bool *failed)
{
	struct scan s = {
		.in = { .p = text, .end = text + len, .line = 1 },
		.where = { .file = file, .line = 1 },
		.errors = errors,
	};

	s.failed = !is_text(&s, text, len);
	if (!s.failed)
		scan_block(&s, SCOPE_GLOBAL, true);
	if (s.failed) {
		s.out.len = s.whole;
		if (s.open > 0)
			buf_char(&s.out, '}');
	}
	*failed = s.failed;
	buf_char(&s.out, '\n');
	return buf_take(&s.out);
}
