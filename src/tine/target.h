/* SPDX-License-Identifier: ISC */
/*
 * Where to connect to: the endpoints of an address, looked up, in the order in
 * which to try them.
 */
#ifndef TINED_TINE_TARGET_H
#define TINED_TINE_TARGET_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

struct addrinfo;

#define TARGET_MAX 16 /* endpoints of a name */

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
 * Parses text and looks it up; family AF_INET or AF_INET6 keeps only those,
 * AF_UNSPEC all.  An empty host or `*` is this machine.  The families
 * alternate, the resolver's first choice first (RFC 8305, 4).  Returns NULL or
 * the reason; *usage is true when text is not an address, and false when its
 * look-up failed.
 */
const char *target_resolve(const char *text, int family, struct target *t,
    bool *usage);

/*
 * Appends getaddrinfo's list with that port, the families alternating, up to
 * TARGET_MAX.
 */
void target_interleave(const struct addrinfo *list, uint16_t port,
    struct target *t);

/* Keeps only endpoints of that family: 0, or -1 when none is left. */
int target_keep(struct target *t, int family);

/* Converts an address that the kernel returned. */
void endpoint_from_sockaddr(const struct sockaddr *sa, socklen_t len,
    struct endpoint *ep);

#endif
