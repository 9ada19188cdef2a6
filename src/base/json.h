/* SPDX-License-Identifier: ISC */
/*
 * Strings of JSON (RFC 8259), without raw characters that deceive a reader: see
 * utf8_deceives.
 */
#ifndef TINED_BASE_JSON_H
#define TINED_BASE_JSON_H

#include "base/buf.h"

#define JSON_CHARACTER 12 /* a pair of surrogates: \udb40\udc01 */

/*
 * Encodes the next character of *s, which is not empty, for a JSON string and
 * advances *s.  Deceptive characters are escaped; so is each byte that is not
 * part of valid UTF-8, as \u00XX.  Returns the length; no NUL is written.
 */
size_t json_next(const char **s, char out[JSON_CHARACTER]);

/* Appends s as a JSON string.  In an array that has no room for all of it it is
 * cut to whole characters; there must be room for two quotes at least. */
void json_add(struct buf *b, const char *s);

#endif
