/*
 * Messages that do not fit where they have to go.
 */
#ifndef TINED_BASE_SHORTEN_H
#define TINED_BASE_SHORTEN_H

#include <stddef.h>

/*
 * Copies text to buf.  Where it does not fit its middle is replaced by "...":
 * a message begins with what it is about and ends with what is wrong.  Returns
 * buf.
 */
char *shorten_text(char *buf, size_t size, const char *text);

#endif
