/* SPDX-License-Identifier: ISC */
/*
 * What happens to a configuration file before libConfuse reads it.
 *
 * libConfuse counts the lines of comments wrongly, ends the reading at an
 * unknown directive, keeps only the last of two sections of one title, and
 * its scanner is not itself again after a string without an end.  So the text
 * is rewritten, line by line: comments go, what is unknown or given twice is
 * reported and goes, and each section carries its name inside.
 */
#ifndef TINED_MAIN_SCAN_H
#define TINED_MAIN_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "config/conf.h"

#define SCAN_NAME   "_name"  /* the directive that holds a service's name */
#define SCAN_APPEND "\001+=" /* the first item of a list that was added to */

/*
 * The text for libConfuse, the caller's; text[len] must be NUL.  When it could
 * not be read to its end *failed is true and the result ends with the last
 * whole statement.
 */
char *scan_text(const char *file, const char *text, size_t len,
    struct errors *errors, bool *failed);

#endif
