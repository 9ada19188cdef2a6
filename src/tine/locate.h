/* SPDX-License-Identifier: ISC */
/*
 * Finds the control socket of a running tined and connects to it.
 */
#ifndef TINED_TINE_LOCATE_H
#define TINED_TINE_LOCATE_H

#include <stddef.h>

/*
 * Connects to the socket at path, or where that is NULL to the system's or
 * else the user's own.  The descriptor, or minus the exit status
 * (EX_UNAVAILABLE, EX_NOPERM) with the reason in why.
 */
int locate_control(const char *path, char *why, size_t size);

#endif
