/* SPDX-License-Identifier: ISC */
/*
 * Connecting to the control socket of a running tined.
 */
#ifndef TINED_TINE_CONTROL_SOCKET_H
#define TINED_TINE_CONTROL_SOCKET_H

#include <stddef.h>

/*
 * Connects to the socket at path, or where that is NULL to the system's or
 * else the user's own.  The descriptor, or minus the exit status
 * (EX_UNAVAILABLE, EX_NOPERM) with the reason in why.
 */
int control_socket_connect(const char *path, char *why, size_t size);

#endif
