/* SPDX-License-Identifier: ISC */
/*
 * Strings of JSON (RFC 8259).  What they hold can be read in any viewer: see
 * utf8_deceives.
 */
#ifndef TINED_BASE_JSON_H
#define TINED_BASE_JSON_H

#include <stddef.h>

#define JSON_CHARACTER 12 /* a pair of surrogates: \udb40\udc01 */

/*
 * Takes the next character of *s, which is not at its end, and writes how it
 * stands in a JSON string.  What deceives is escaped; so is each byte that is
 * not of a UTF-8 sequence, as \u00XX.  The length; no NUL is written.
 */
size_t json_next(const char **s, char out[JSON_CHARACTER]);

#endif
