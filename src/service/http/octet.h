/* SPDX-License-Identifier: ISC */
/*
 * The classes of bytes that HTTP is made of (RFC 9110, section 5.6; RFC 3986,
 * appendix A), as a table: the functions of ctype.h depend on the locale.
 */
#ifndef TINED_SERVICE_HTTP_OCTET_H
#define TINED_SERVICE_HTTP_OCTET_H

#include <stdbool.h>
#include <stddef.h>

#define OCTET_TOKEN     1 /* tchar: methods, names of fields */
#define OCTET_TARGET    2 /* of a request target, see uri.h */
#define OCTET_TEXT      4 /* of a field's value: all but controls; HTAB */
#define OCTET_NAME      8 /* of a reg-name: unreserved and sub-delims */
#define OCTET_DIGIT     16
#define OCTET_BLANK     32 /* SP and HTAB */
#define OCTET_EXTENSION 64 /* of a chunk's, outside of quoted strings */

/* Whether c is of one of the classes. */
bool octet_is(char c, unsigned int classes);

/* How many of the first n bytes are of one of the classes. */
size_t octet_span(const char *s, size_t n, unsigned int classes);

/* The value of a hexadecimal digit, or -1. */
int octet_hex(char c);

/* The value of the two such digits of `%XX`, of which n bytes are left; -1
 * where s does not begin with that. */
int octet_escape(const char *s, size_t n);

/* Whether the first n bytes of s are the string name; the case of ASCII letters
 * does not matter. */
bool octet_equal(const char *s, size_t n, const char *name);

#endif
