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
#include "config/conf.h"
#include "listen/lockfile.h"

TAILQ_HEAD(listener_list, listener);

struct listener {
	TAILQ_ENTRY(listener) entry;
	LIST_ENTRY(listener) any;
	int fd;
	int type;          /* SOCK_STREAM; of a Unix path SOCK_SEQPACKET, too */
	char *text;        /* as configured: the key for a reload */
	struct addr asked; /* the address asked for, its port perhaps 0 */
	struct addr local; /* as bound; AF_UNIX for a path */
	bool v6only;
	bool inherited; /* by LISTEN_FDS: not ours to remove */
	bool waits;     /* bound, listens once listeners_listen says so */
	bool shared;    /* another one was bound beside it: SO_REUSEPORT */
	bool covered;   /* nobody asked for it but by a wider address */
	char path[ADDR_PATH_MAX]; /* Unix, '@': abstract */
	struct place place;       /* of path, with its directory */
	struct lockfile lock;     /* beside path */
	uint64_t dev, ino;        /* the path's, to remove only our own */

	/* While a reload may be undone: the list that it was taken from (NULL:
	 * it is new), and what it was there. */
	struct listener_list *home;
	char *was_text; /* NULL: the same */
	struct addr was_asked;
	uint16_t was_port;
	bool was_covered;
};

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

/* One that is open, in whatever list or none, and stands in l's way; or
 * NULL. */
const struct listener *listener_overlapping(const struct listener *l);

/* Moves l to another list, so that listener_move_back puts all of it back. */
void listener_move(struct listener *l, struct listener_list *from,
    struct listener_list *to);
void listener_move_back(struct listener *l, struct listener_list *list);

/*
 * What one service is to listen on.  A reload has one of these for each
 * service of the running configuration and of the new one.
 */
struct listener_request {
	const struct service_conf *sc; /* NULL: the service goes */
	struct listener_list *own;     /* what it has now; NULL: at the start */
	struct listener_list *out;     /* appended to: what it will have */
	bool stays;                    /* unchanged: own is not touched */
};

/*
 * Opens the listeners of a whole configuration: non-blocking, CLOEXEC, with
 * the socket options of their service.
 *
 * What is open already is not opened again.  Each address is looked for among
 * what its own service has, then among what all others have, whose sc may be
 * another one, or none, by now; a listener found there is moved to out,
 * its options untouched until listener_apply.  A port 0 is the same port as
 * long as it is asked for in the same words; who asks for the very port that
 * a port 0 has become gets it.  What nobody asks for stays in own, for the
 * caller to close when nothing can be undone any more.
 *
 * Two addresses of the new configuration that overlap are refused, naming
 * both.  One that overlaps what the running configuration alone has (`*:7`,
 * 127.0.0.1:7) is bound beside it and waits for listeners_listen; and what is
 * left in own and covered by a wider address of the new configuration goes to
 * the service that has this one, since closing it would reset connections.
 *
 * Names are looked up in a forked child, 10 s at most each; an address in use
 * is tried again for 1 s in all at the start (a reload holds nobody up).
 * Warnings (an address of a host name that the
 * machine does not have) go to the log.  Of a host name with port 0 the first
 * address decides the port; the others take the same one where it is free,
 * else one of their own.
 *
 * 0, or -1 with err: then every list is as it was, in any order.
 */
int listeners_open(struct listener_request *v, size_t n,
    struct listener_error *err);

/* Undoes listeners_open for one out: what came from a list goes back there,
 * as it was, the rest is closed. */
void listeners_undo(struct listener_list *list);

/* From now on nothing in it can be undone. */
void listeners_settle(struct listener_list *list);

/* Those in list that wait listen from now on.  0, or -1 with err. */
int listeners_listen(struct listener_list *list, const struct service_conf *sc,
    struct listener_error *err);

/* Nothing is bound beside these any more, or has been. */
void listeners_unshare(struct listener_list *list);

/* Whether one of these has connections that nobody has accepted yet. */
bool listeners_queued(const struct listener_list *list);

/* Closes all of them, see listener_close. */
void listeners_close(struct listener_list *list);

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
