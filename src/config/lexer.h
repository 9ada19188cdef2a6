/* SPDX-License-Identifier: ISC */
/*
 * The tokens of a configuration file.  The syntax is that of libConfuse, whose
 * configurations are read unchanged.
 */
#ifndef TINED_CONFIG_LEXER_H
#define TINED_CONFIG_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The other kinds are the marks themselves: one of {}()=, */
enum token_kind {
	TOKEN_END,
	TOKEN_WORD = 256, /* without quotes, also ${NAME} */
	TOKEN_STRING,     /* with quotes */
	TOKEN_APPEND,     /* += */
	TOKEN_BAD         /* not a token; why says what is wrong */
};

struct token {
	int kind;
	const char *s; /* as written */
	size_t len;
	int line; /* where it begins */
	const char *why;
};

struct lexer {
	const char *p;
	int line;
	struct buf value; /* of the last word or string; the caller frees s */
};

/* Reads the next token of a text that NUL ends.  After TOKEN_END and TOKEN_BAD
 * there are no others. */
struct token lexer_next(struct lexer *l);

/* Whether the token can be a value, which l->value holds. */
bool token_is_value(const struct token *t);

#endif
