/* SPDX-License-Identifier: ISC */
/*
 * The tokens and values of a configuration file, and the errors of syntax: the first one
 * ends the reading.  The syntax is that of libConfuse, whose configurations are
 * read unchanged.
 */
#ifndef TINED_CONFIG_LEXER_H
#define TINED_CONFIG_LEXER_H

#include "base/buf.h"
#include "config/errors.h"

/* The other kinds are the marks themselves: one of {}()=, */
enum token_kind {
	TOKEN_END,
	TOKEN_WORD = 256, /* without quotes, also ${NAME} */
	TOKEN_STRING,     /* with quotes */
	TOKEN_APPEND,     /* += */
	TOKEN_BAD         /* not a token, which is reported */
};

struct token {
	int kind;
	const char *s; /* as written */
	size_t len;
	struct where where; /* where it begins */
};

struct lexer {
	const char *p;
	struct where where; /* of p */
	struct token t;     /* the last one */
	struct buf value;   /* of the last word or string; the caller frees s */
	struct errors *errors;
	bool failed; /* there was an error of syntax */
};

/* Checks that the len bytes at l->p, which a NUL follows, are text; reports it
 * where they are not. */
void lexer_check(struct lexer *l, size_t len);

/* Reads the next token.  After TOKEN_END and TOKEN_BAD there are no others. */
void lexer_next(struct lexer *l);

/* Whether the last token can be a value, which l->value holds. */
bool lexer_at_value(const struct lexer *l);

/* Reads a value or `{...}`, which begins with the last token, and adds its items;
 * what cannot be one is reported. */
void lexer_value(struct lexer *l, struct list *items);

/* Skips all up to the mark that closes what the last token, open, has opened;
 * start is where the statement is. */
void lexer_skip(struct lexer *l, int close, const struct where *start);

/* Reports an error of syntax, if it is the first one. */
void lexer_fail(struct lexer *l, const struct where *w, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Reports that the last token cannot be where it is. */
void lexer_fail_here(struct lexer *l);

#endif
