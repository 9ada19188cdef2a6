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
#include <stdint.h>

#include "base/addr.h"
#include "main/conf/conf.h"

struct listener {
	TAILQ_ENTRY(listener) entry;
	LIST_ENTRY(listener) any;
	int fd;
	int type;          /* SOCK_STREAM; of a Unix path SOCK_SEQPACKET, too */
	char *text;        /* as configured: the key for a reload */
	struct addr asked; /* the address asked for, its port perhaps 0 */
	struct addr local; /* as bound; AF_UNIX for a path */
	bool v6only;
	bool inherited;           /* by LISTEN_FDS: not ours to remove */
	bool kept;                /* listeners_open took it from held */
	char path[ADDR_PATH_MAX]; /* Unix, '@': abstract */
	int lock_fd;              /* of the lock file beside path; -1 */
	uint64_t dev, ino;        /* the path's, to remove only our own */
};

TAILQ_HEAD(listener_list, listener);

/* Why a service's listeners could not be had. */
struct listener_error {
	int exit_code;  /* EX_UNAVAILABLE, EX_NOPERM, EX_CONFIG */
	char text[512]; /* `SERVICE: bind 127.0.0.1:7: reason` */
};

/* Fills in err; returns -1, for its caller to return. */
int listener_fail(struct listener_error *err, int exit_code, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* One that is not open yet, of that text; NULL with errno. */
struct listener *listener_new(const char *text);

/* One that is open, in whatever service, and stands in l's way; or NULL. */
const struct listener *listener_overlapping(const struct listener *l);

/*
 * Opens all listeners of a service, non-blocking, CLOEXEC, with its socket
 * options; those in held (NULL: none) that have the same address are moved
 * from there instead, their options untouched until listener_apply.  Names
 * are looked up in a forked child, 10 s at most each; an address in use is
 * tried again for 1 s in all.  An address that overlaps one in held or in out
 * is refused, naming both.  Appends to out.  Warnings (an address of a host
 * name that the machine does not have) go to the log.
 *
 * Of a host name with port 0 the first address decides the port; the others
 * take the same one where it is free, else one of their own.
 *
 * 0, or -1 with err: then held (in any order) and out are as they were.
 */
int listeners_open(const struct service_conf *sc, struct listener_list *held,
    struct listener_list *out, struct listener_error *err);

/* Undoes listeners_open: gives back to held what came from there and closes
 * the rest; list is empty then. */
void listeners_undo(struct listener_list *list, struct listener_list *held);

/* Sets the options that a reload may have changed on an open listener.  What
 * cannot change on an open one (v6only, freebind) is said in the log. */
void listener_apply(const struct listener *l, const struct service_conf *sc);

/* As a ready line or a record names it: `127.0.0.1:7`, `unix:/path`. */
char *listener_format(const struct listener *l, char *buf, size_t size);

/* Closes and frees it; removes a Unix path that is still ours, and the lock
 * file beside it, unless it was inherited. */
void listener_close(struct listener *l);

/*
 * Takes over what LISTEN_FDS and LISTEN_FDNAMES name, once, at start; unsets
 * the variables.  Call before any fork: they name the process that they are
 * meant for.  0, or -1 with err (one that is no listening stream socket).
 */
int inherited_init(struct listener_error *err);

#endif
