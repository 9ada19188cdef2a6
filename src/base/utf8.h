/* SPDX-License-Identifier: ISC */
/*
 * UTF-8 (RFC 3629), and which characters deceive a reader of the text.
 */
#ifndef TINED_BASE_UTF8_H
#define TINED_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes the character at the front of a string, which is not empty.  Its
 * length and *c, or 0 where there is no well-formed one. */
size_t utf8_next(const char *s, uint32_t *c);

/*
 * Whether a character is obeyed or not seen instead of being shown: controls
 * (C0, DEL, C1), line and paragraph separators, what sets the direction of
 * writing (UAX #9), what is invisible (Default_Ignorable_Code_Point),
 * interlinear annotations, and noncharacters.
 */
bool utf8_deceives(uint32_t c);

/* Whether all of a string is well-formed, and nothing in it deceives. */
bool utf8_is_harmless(const char *s);

#endif
