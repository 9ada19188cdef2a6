/* SPDX-License-Identifier: ISC */
/*
 * Where to connect to: an address as tined writes them, looked up and put
 * into the order in which its endpoints are to be tried.
 */
#ifndef TINED_CLIENT_TARGET_H
#define TINED_CLIENT_TARGET_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

struct addrinfo;

#define TARGET_MAX 16 /* endpoints that are kept of a name */

struct endpoint {
	struct sockaddr_storage ss;
	socklen_t len;
	char text[ADDR_TEXT_MAX];
};

struct target {
	size_t n; /* at least 1 */
	struct endpoint ep[TARGET_MAX];
};

/*
 * Reads text and looks it up; family AF_INET or AF_INET6 keeps only those,
 * AF_UNSPEC all.  An empty host or `*` is this machine.  The families
 * alternate, the resolver's first choice first (RFC 8305, 4).  Returns NULL or
 * the reason; *usage tells a text that is no address from a failed look-up.
 */
const char *target_resolve(const char *text, int family, struct target *t,
    bool *usage);

/*
 * Appends getaddrinfo's list with that port: its first, then one of the other
 * family, and so on, as many as there is room for.
 */
void target_interleave(const struct addrinfo *list, uint16_t port,
    struct target *t);

/* Keeps only endpoints of that family: 0, or -1 when none is left. */
int target_keep(struct target *t, int family);

/* An endpoint from what the kernel returned. */
void endpoint_from_sockaddr(const struct sockaddr *sa, socklen_t len,
    struct endpoint *ep);

#endif
