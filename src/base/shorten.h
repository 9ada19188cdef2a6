/* SPDX-License-Identifier: ISC */
/*
 * Messages that are too long.
 */
#ifndef TINED_BASE_SHORTEN_H
#define TINED_BASE_SHORTEN_H

#include <stddef.h>

/*
 * Copies text to buf.  If it does not fit its middle is replaced by "...": a
 * message begins with the noun and ends with the reason.  Returns buf.
 */
char *shorten_text(char *buf, size_t size, const char *text);

#endif
