/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/lexer.h"
#include "config/tree.h"
#include "config/unit.h"

#define HEX DIGITS "abcdefABCDEF"

/* Skips a comment between slashes and asterisks; NULL, or why not. */
static const char *
skip_comment(struct lexer *l)
{
	const char *end = strstr(l->p + 2, "*/");

	if (end == NULL)
		return "comment without an end";
	for (; l->p < end; l->p++)
		l->where.line += *l->p == '\n';
	l->p += 2;
	return NULL;
}

static const char *
skip_space(struct lexer *l)
{
	const char *why = NULL;

	while (why == NULL) {
		l->p += strspn(l->p, " \t\r");
		if (*l->p == '\n') {
			l->where.line++;
			l->p++;
		} else if (*l->p == '#' || strncmp(l->p, "//", 2) == 0) {
			l->p += strcspn(l->p, "\n");
		} else if (strncmp(l->p, "/*", 2) == 0) {
			why = skip_comment(l);
		} else {
			return NULL;
		}
	}
	return why;
}

/* ${NAME} or ${NAME:-otherwise}. */
static const char *
read_variable(struct lexer *l)
{
	size_t n = strcspn(l->p + 2, "}\n\"'{");
	char *name, *colon;
	const char *value;

	if (l->p[2 + n] != '}')
		return "${ without an end";
	name = mem_strndup(l->p + 2, n);
	colon = strchr(name, ':');
	if (colon != NULL && colon[1] == '-')
		*colon = '\0';
	else
		colon = NULL;
	value = getenv(name);
	if (value == NULL && colon != NULL)
		value = colon + 2;
	if (value != NULL)
		buf_str(&l->value, value);
	free(name);
	l->p += n + 3;
	return NULL;
}

static const char *
add_number(struct lexer *l, const char *digits, size_t len, int base)
{
	char number[4] = "";
	unsigned long c;

	memcpy(number, digits, len);
	c = strtoul(number, NULL, base);
	if (c == 0)
		return "NUL in a string";
	if (c > 0377)
		return "escape sequence above \\377";
	buf_char(&l->value, (char)c);
	l->p = digits + len;
	return NULL;
}

/* What follows a backslash between double quotes. */
static const char *
read_escape(struct lexer *l)
{
	static const char names[] = "abefnrtv", means[] = "\a\b\033\f\n\r\t\v";
	size_t digits = strspn(l->p, DIGITS);
	const char *name;

	if (digits > 3 || strspn(l->p, "01234567") < digits)
		return "escape sequence that is not octal";
	if (digits > 0)
		return add_number(l, l->p, digits, 8);
	digits = strspn(l->p + 1, HEX);
	if (*l->p == 'x' && digits > 0)
		return add_number(l, l->p + 1, digits > 2 ? 2 : digits, 16);
	name = strchr(names, *l->p);
	if (*l->p == '\n')
		l->where.line++;
	else
		buf_char(&l->value, name != NULL ? means[name - names] : *l->p);
	l->p++;
	return NULL;
}

/* What follows a backslash between single quotes. */
static void
read_plain_escape(struct lexer *l)
{
	if (*l->p == '\n') {
		l->where.line++;
	} else {
		if (*l->p != '\'' && *l->p != '\\')
			buf_char(&l->value, '\\');
		buf_char(&l->value, *l->p);
	}
	l->p++;
}

static const char *
read_string(struct lexer *l)
{
	const char *why = NULL;
	char quote = *l->p++;

	while (why == NULL && *l->p != quote) {
		if (*l->p == '\0' || (*l->p == '\\' && l->p[1] == '\0'))
			return "string without an end";
		if (*l->p == '\\') {
			l->p++;
			if (quote == '"')
				why = read_escape(l);
			else
				read_plain_escape(l);
		} else if (quote == '"' && strncmp(l->p, "${", 2) == 0) {
			why = read_variable(l);
		} else {
			l->where.line += *l->p == '\n';
			buf_char(&l->value, *l->p++);
		}
	}
	l->p++;
	return why;
}

static const char *
read_word(struct lexer *l)
{
	size_t n = strcspn(l->p, " #\"'\t\n\r={}()+,*");
	const char *end = l->p + n;

	if (strncmp(l->p, "${", 2) == 0)
		return read_variable(l);
	if (*end == '*' || (*end == '+' && end[1] != '='))
		return "word with * or + in it, which must be quoted";
	if (*end == '{' && end[-1] == '$')
		return "word with ${ in it, which must be quoted";
	buf_add(&l->value, l->p, n);
	l->p = end;
	return NULL;
}

void
lexer_next(struct lexer *l)
{
	const char *why = mem_is_short() ? strerror(ENOMEM) : skip_space(l);
	struct token *t = &l->t;

	*t = (struct token) { .s = l->p, .where = l->where };
	l->value.len = 0;
	if (why != NULL) {
		t->kind = TOKEN_BAD;
	} else if (*l->p == '\0') {
		t->kind = TOKEN_END;
	} else if (strchr("{}()=,", *l->p) != NULL) {
		t->kind = *l->p++;
	} else if (strncmp(l->p, "+=", 2) == 0) {
		t->kind = TOKEN_APPEND;
		l->p += 2;
	} else if (*l->p == '"' || *l->p == '\'') {
		t->kind = TOKEN_STRING;
		why = read_string(l);
	} else {
		t->kind = TOKEN_WORD;
		why = read_word(l);
	}
	t->len = (size_t)(l->p - t->s);
	if (why != NULL) {
		t->kind = TOKEN_BAD;
		lexer_fail(l, &t->where, "%s", why);
	}
}

bool
lexer_at_value(const struct lexer *l)
{
	return l->t.kind == TOKEN_WORD || l->t.kind == TOKEN_STRING;
}

void
lexer_value(struct lexer *l, struct list *items)
{
	bool many = l->t.kind == '{';

	if (many)
		lexer_next(l);
	while (lexer_at_value(l)) {
		list_add(items, buf_string(&l->value), l->t.where);
		if (!many)
			return;
		lexer_next(l);
		if (l->t.kind != ',')
			break;
		lexer_next(l);
	}
	if (!many || l->t.kind != '}')
		lexer_fail_here(l);
}

void
lexer_skip(struct lexer *l, int close, const struct where *start)
{
	int open = l->t.kind;
	unsigned int depth = 1;

	while (depth > 0 && !l->failed) {
		lexer_next(l);
		if (l->t.kind == TOKEN_END)
			lexer_fail(l, start, "%c is missing", close);
		depth += l->t.kind == open;
		depth -= l->t.kind == close;
	}
}

void
lexer_fail(struct lexer *l, const struct where *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!l->failed)
		errors_vadd(l->errors, w, false, fmt, ap);
	va_end(ap);
	l->failed = true;
}

void
lexer_fail_here(struct lexer *l)
{
	const struct token *t = &l->t;

	if (t->kind == TOKEN_END)
		lexer_fail(l, &t->where, "unexpected end");
	else
		lexer_fail(l, &t->where, "unexpected token '%.*s'", (int)t->len,
		    t->s);
}

void
lexer_check(struct lexer *l, size_t len)
{
	struct where at = l->where;
	size_t i;

	for (i = 0; i < len && !l->failed; i++) {
		at.line += l->p[i] == '\n';
		if ((unsigned char)l->p[i] < ' ' &&
		    memchr("\t\r\n", l->p[i], 3) == NULL)
			lexer_fail(l, &at, "byte 0x%02x: not a text file",
			    (unsigned int)l->p[i]);
	}
}
