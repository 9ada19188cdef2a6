/* SPDX-License-Identifier: ISC */
/*
 * The words of the configuration.  Whatever libConfuse's scanner would stumble
 * over within a string is a bad token here, so that it never does.
 */
#include "config.h"

#include <string.h>

#include "config/token.h"

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Skips a comment without an end of its own line; NULL, or why not. */
static const char *
skip_comment(struct tokens *t)
{
	const char *p;

	if (t->p[0] == '#' || t->p[1] == '/') {
		while (t->p < t->end && *t->p != '\n')
			t->p++;
		return NULL;
	}
	for (p = t->p + 2; p + 1 < t->end; p++) {
		if (p[0] == '*' && p[1] == '/') {
			t->p = p + 2;
			return NULL;
		}
		if (*p == '\n')
			t->line++;
	}
	return "comment without an end";
}

static bool
at_comment(const struct tokens *t)
{
	if (t->p >= t->end)
		return false;
	if (*t->p == '#')
		return true;
	return *t->p == '/' && t->p + 1 < t->end &&
	    (t->p[1] == '/' || t->p[1] == '*');
}

static const char *
skip_space(struct tokens *t)
{
	const char *why;
	int line;

	while (t->p < t->end) {
		if (at_comment(t)) {
			line = t->line;
			why = skip_comment(t);
			if (why != NULL) {
				t->line = line;
				return why;
			}
		} else if (*t->p == '\n') {
			t->line++;
			t->p++;
		} else if (strchr(" \t\r", *t->p) != NULL) {
			t->p++;
		} else {
			break;
		}
	}
	return NULL;
}

/* The end of a ${NAME} that begins at p; NULL where it has none. */
static const char *
end_of_variable(const struct tokens *t, const char *p)
{
	for (p += 2; p < t->end && strchr("\n\"'{", *p) == NULL; p++)
		if (*p == '}')
			return p + 1;
	return NULL;
}

/* Checks the escape at p, a backslash between double quotes. */
static const char *
check_escape(const struct tokens *t, const char *p)
{
	unsigned int n = 0, value = 0;

	for (p++; p < t->end && *p >= '0' && *p <= '9'; p++, n++) {
		if (n == 3 || !is_octal(*p))
			return "escape sequence that is not octal";
		value = value * 8 + (unsigned int)(*p - '0');
	}
	if (n > 0 && value == 0)
		return "NUL in a string";
	if (value > 0377)
		return "escape sequence above \\377";
	if (n == 0 && p + 1 < t->end && *p == 'x' && p[1] == '0' &&
	    (p + 2 == t->end ||
		strchr("0123456789abcdefABCDEF", p[2]) == NULL || p[2] == '0'))
		return "NUL in a string";
	return NULL;
}

static const char *
read_string(struct tokens *t)
{
	const char *p, *next, *why;
	char quote = *t->p;

	for (p = t->p + 1; p < t->end && *p != quote; p = next) {
		next = p + 1;
		if (*p == '\\' && p + 1 < t->end) {
			why = quote == '"' ? check_escape(t, p) : NULL;
			if (why != NULL)
				return why;
			next = p + 2;
			if (p[1] == '\n')
				t->line++;
		} else if (quote == '"' && *p == '$' && p + 1 < t->end &&
		    p[1] == '{') {
			next = end_of_variable(t, p);
			if (next == NULL)
				return "${ without an end";
		} else if (*p == '\n') {
			t->line++;
		}
	}
	if (p >= t->end)
		return "string without an end";
	t->p = p + 1;
	return NULL;
}

static const char *
read_word(struct tokens *t)
{
	const char *p = t->p;

	if (*p == '$' && p + 1 < t->end && p[1] == '{') {
		p = end_of_variable(t, p);
		if (p == NULL)
			return "${ without an end";
		t->p = p;
		return NULL;
	}
	while (p < t->end && strchr(" #\"'\t\n\r={}()+,*", *p) == NULL)
		p++;
	if (p < t->end && (*p == '*' || (*p == '+' && p[1] != '=')))
		return "word with * or + in it, which must be quoted";
	if (p < t->end && *p == '{' && p[-1] == '$')
		return "word with ${ in it, which must be quoted";
	t->p = p;
	return NULL;
}

struct token
token_next(struct tokens *t)
{
	struct token k = { .space = t->p };

	k.why = skip_space(t);
	k.line = t->line;
	k.s = t->p;
	if (k.why != NULL) {
		k.kind = TOKEN_BAD;
	} else if (t->p == t->end) {
		k.kind = TOKEN_END;
	} else if (strchr("{}()=,", *t->p) != NULL) {
		k.kind = TOKEN_MARK;
		t->p++;
	} else if (*t->p == '+' && t->p + 1 < t->end && t->p[1] == '=') {
		k.kind = TOKEN_APPEND;
		t->p += 2;
	} else if (*t->p == '"' || *t->p == '\'') {
		k.kind = TOKEN_STRING;
		k.why = read_string(t);
	} else {
		k.kind = TOKEN_WORD;
		k.why = read_word(t);
	}
	if (k.why != NULL) {
		k.kind = TOKEN_BAD;
		t->p = t->end;
	}
	k.len = (size_t)(t->p - k.s);
	return k;
}

bool
token_is(const struct token *t, char mark)
{
	return t->kind == TOKEN_MARK && *t->s == mark;
}

bool
token_is_value(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_STRING;
}
