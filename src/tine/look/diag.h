/* SPDX-License-Identifier: ISC */
/*
 * What the kernel knows of a TCP connection on this machine: sock_diag(7).
 */
#ifndef TINED_TINE_DIAG_H
#define TINED_TINE_DIAG_H

#include <linux/tcp.h>

#include "base/addr.h"

/* Asks for the connection with these addresses.  0, or -1 with errno (ENOENT: there
 * is none in this network namespace). */
int diag_tcp(const struct addr *local, const struct addr *peer,
    struct tcp_info *info);

#endif
