/* SPDX-License-Identifier: ISC */
/*
 * Strings of JSON (RFC 8259), without raw characters that deceive a reader: see
 * utf8_deceives.
 */
#ifndef TINED_BASE_JSON_H
#define TINED_BASE_JSON_H

#include "base/buf.h"

/*
 * Appends s as a JSON string.  Deceptive characters are escaped; so is each byte
 * that is not part of valid UTF-8, as \u00XX.  In an array that has no room for
 * all of it, it is cut to whole characters; there must be room for two quotes at
 * least.
 */
void json_add(struct buf *b, const char *s);

#endif
