/* SPDX-License-Identifier: ISC */
/*
 * A listener: a configured address and its listening socket.
 *
 * Main keeps it open as long as its address is configured: a reload passes it
 * on, so port 0 keeps its port and no connection in the backlog is lost.
 */
#ifndef TINED_LISTEN_LISTENER_H
#define TINED_LISTEN_LISTENER_H

#include <sys/queue.h>
#include <sys/stat.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "config/conf.h"
#include "listen/place.h"

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
	bool inherited; /* by LISTEN_FDS: its path is not removed */
	bool waits;     /* bound; listeners_listen calls listen(2) */
	bool shared;    /* another one was bound beside it: SO_REUSEPORT */
	bool covered;   /* not configured itself: a wider address is */
	char path[ADDR_PATH_MAX]; /* Unix, '@': abstract */
	struct place place;       /* of path, locked */
	struct stat made;         /* path as bound, so that no other is removed;
				     st_ino 0: not bound */
	uint32_t queue, queue_max; /* as overview_sample has seen them */

	/* While it is being opened. */
	size_t item; /* of the service's addresses: a name has several */
	bool every;  /* `*`: IPv4 alone will do without IPv6 */
	int absent;  /* errno: the machine does not have the address */

	/* While a reload may be undone: the list that it was taken from (NULL:
	 * it is new), and its values there. */
	struct listener_list *home;
	char *was_text; /* NULL: the same */
	struct addr was_asked;
	uint16_t was_port;
	bool was_covered;
};

/*
 * The listeners of one service before and after.  A reload has one of these for
 * each service of the running configuration and of the new one.
 */
struct listener_request {
	const struct service_conf *sc; /* NULL: the service goes */
	struct listener_list *own;     /* its present ones */
	struct listener_list *out;     /* empty; gets its future ones */
	bool stays;                    /* unchanged: own is not touched */
};

/* A listener of that text, not open yet; NULL with errno. */
struct listener *listener_new(const char *text);

/* Closes and frees it; a Unix path stays (listener_close removes it). */
void listener_free(struct listener *l);

/* Whether both could not be open at the same time (addr_overlaps), whatever
 * their kind. */
bool listener_overlaps(const struct listener *a, const struct listener *b);

/* An open one, in any list or none, that l overlaps; or NULL. */
const struct listener *listener_overlapping(const struct listener *l);

/* Removes l from a list, which is its home until listeners_settle; the caller puts
 * it into another one.  listener_return undoes both. */
void listener_leave(struct listener *l, struct listener_list *from);
void listener_return(struct listener *l, struct listener_list *list);

/* Reads local, v6only and path from the socket.  0, or -1 with errno. */
int listener_read(struct listener *l);

/* As a ready line or a record names it: `127.0.0.1:7`, `unix:/path`. */
char *listener_format(const struct listener *l, char *buf, size_t size);

#endif
