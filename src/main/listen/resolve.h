/*
 * Looking names up without blocking main: a forked child asks, main waits on
 * its pipe for no longer than the deadline.
 */
#ifndef TINED_MAIN_RESOLVE_H
#define TINED_MAIN_RESOLVE_H

#include <stddef.h>

#include "base/addr.h"

#define RESOLVE_MS 10000

/*
 * All addresses of host, in getaddrinfo's order without repetitions, at most
 * max, port 0.  A numeric host is answered at once.  The count, or -1 with
 * *why a reason ("Name or service not known", "timed out after 10 s").
 */
int resolve_host(const char *host, struct addr *out, size_t max,
    const char **why);

/* The same with a deadline of its own, in ms. */
int resolve_within(int ms, const char *host, struct addr *out, size_t max,
    const char **why);

#endif
