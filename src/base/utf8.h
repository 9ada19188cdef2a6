/* SPDX-License-Identifier: ISC */
/*
 * UTF-8 (RFC 3629), and which characters are deceptive.
 */
#ifndef TINED_BASE_UTF8_H
#define TINED_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the first character of a string, which is not empty, into *c.  Returns
 * its length, 0 where it is not well-formed. */
size_t utf8_next(const char *s, uint32_t *c);

/*
 * Whether a character acts on the display or is invisible: controls
 * (C0, DEL, C1), line and paragraph separators, what sets the direction of
 * writing (UAX #9), what is invisible (Default_Ignorable_Code_Point),
 * interlinear annotations, and noncharacters.
 */
bool utf8_deceives(uint32_t c);

/* Whether a string is well-formed and has no deceptive character. */
bool utf8_is_harmless(const char *s);

#endif
