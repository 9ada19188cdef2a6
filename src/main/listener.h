/*
 * Listeners: addresses as configured, made into listening sockets.
 *
 * A listener belongs to main for as long as its address is configured: a
 * reload hands it on, so port 0 keeps its port and no connection in the
 * kernel's queue is lost.
 */
#ifndef TINED_MAIN_LISTENER_H
#define TINED_MAIN_LISTENER_H

#include <sys/queue.h>

#include <stdbool.h>

#include "base/addr.h"
#include "main/config.h"

struct listener {
	TAILQ_ENTRY(listener) entry;
	int fd;
	char *text;        /* as configured: the key for a reload */
	struct addr asked; /* the address asked for, its port perhaps 0 */
	struct addr local; /* as bound; AF_UNIX for a path */
	bool v6only;
	bool inherited;           /* by LISTEN_FDS: not ours to remove */
	char path[ADDR_PATH_MAX]; /* Unix, '@': abstract */
	int lock_fd;              /* of the lock file beside path; -1 */
	uint64_t dev, ino;        /* the path's, to remove only our own */
};

TAILQ_HEAD(listener_list, listener);

/* Why a service's listeners could not be had. */
struct listener_error {
	int exit_code; /* EX_UNAVAILABLE, EX_NOPERM, EX_CONFIG */
	char
	    text[512]; /* `SERVICE: bind 127.0.0.1:7: Address already in use` */
};

/*
 * Opens all listeners of a service, non-blocking, CLOEXEC, with its socket
 * options; those in held (of the same configured text and bound address) are
 * moved from there instead.  Names are looked up in a forked child, 10 s at
 * most.  An address that overlaps one in held or in others that is not the
 * same is refused, naming both.  Appends to out.  Warnings (an address of a
 * host name that the machine does not have) go to the log.  0, or -1 with err.
 */
int listeners_open(const struct service_conf *sc, struct listener_list *held,
    struct listener_list *out, struct listener_error *err);

/* Sets the options that a reload may have changed on an open listener. */
void listener_apply(const struct listener *l, const struct service_conf *sc);

/* As a ready line or a record names it: `127.0.0.1:7`, `unix:/path`. */
char *listener_format(const struct listener *l, char *buf, size_t size);

/* Closes it; removes a Unix path that is still ours unless keep_path. */
void listener_close(struct listener *l);

/*
 * Takes over what LISTEN_FDS and LISTEN_FDNAMES name, once, at start; unsets
 * the variables.  0, or -1 with err (one that is no listening stream socket).
 */
int inherited_init(struct listener_error *err);

#endif
