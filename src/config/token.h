/* SPDX-License-Identifier: ISC */
/*
 * The words of the configuration, as libConfuse's scanner tells them apart:
 * its lexer.l is the reference.
 */
#ifndef TINED_MAIN_TOKEN_H
#define TINED_MAIN_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
	TOKEN_END,    /* of the text */
	TOKEN_WORD,   /* without quotes, also ${NAME} */
	TOKEN_STRING, /* with quotes, which are part of it */
	TOKEN_APPEND, /* += */
	TOKEN_MARK,   /* one of {}()=, */
	TOKEN_BAD     /* nothing of these; why says what */
};

struct token {
	enum token_kind kind;
	const char *s;
	size_t len;
	int line;          /* where it begins */
	const char *space; /* blanks and comments before it, to s */
	const char *why;
};

struct tokens {
	const char *p;
	const char *end;
	int line;
};

/* The next one; after TOKEN_END and TOKEN_BAD there is none. */
struct token token_next(struct tokens *t);

/* Whether it is this mark. */
bool token_is(const struct token *t, char mark);

/* Whether it can be a value. */
bool token_is_value(const struct token *t);

#endif
