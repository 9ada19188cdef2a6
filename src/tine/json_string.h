/* SPDX-License-Identifier: ISC */
/*
 * JSON on standard output.
 */
#ifndef TINED_CLIENT_JSON_STRING_H
#define TINED_CLIENT_JSON_STRING_H

/* Prints a string, quotes included. */
void json_string(const char *s);

#endif
