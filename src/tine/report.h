/* SPDX-License-Identifier: ISC */
/*
 * What -v says about a connection: who speaks with whom, how long it took,
 * and at the end what the kernel knows of it.  All on standard error.
 */
#ifndef TINED_CLIENT_REPORT_H
#define TINED_CLIENT_REPORT_H

#include <stdint.h>

#include "tine/target.h"

/* `tcp 127.0.0.1:50312 -> 127.0.0.1:7, connected in 52.1 us` */
void report_connected(int sock, const struct endpoint *peer, int64_t took);

/* `sent 64 bytes, received 64 bytes in 1.2 ms`; for TCP another line with
 * round-trip time and retransmissions. */
void report_ended(int sock, uint64_t sent, uint64_t received, int64_t took);

#endif
