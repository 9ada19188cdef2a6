/* SPDX-License-Identifier: ISC */
/*
 * Requests of tine(1) to main on the control socket, and the responses: packets of
 * a SOCK_SEQPACKET Unix socket, in host byte order.
 *
 * A request is one struct command_request.  The response is any number of
 * packets, each a struct command_answer and at most COMMAND_TEXT_MAX bytes:
 * those of type COMMAND_TEXT are pieces of one text of whole lines, those of
 * type COMMAND_DESCRIPTORS have descriptors and their numbers (uint64_t), and
 * COMMAND_END, with the exit status and possibly one more line, is the last one.
 * A packet of another type is skipped.
 *
 * A new verb is a new number.  Requests and answers of COMMAND_UPGRADE,
 * COMMAND_RELOAD and COMMAND_STOP are frozen: every build understands those
 * of every other one, so their version, size and members never change.
 */
#ifndef TINED_IPC_COMMAND_H
#define TINED_IPC_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#define COMMAND_VERSION    1
#define COMMAND_NAME_MAX   64 /* SETTINGS_NAME_MAX */
#define COMMAND_PACKET_MAX 4096
#define COMMAND_FDS_MAX    250 /* in a packet; SCM_MAX_FD is 253 */

enum command_verb {
	COMMAND_UPGRADE = 1, /* execute the installed program anew */
	COMMAND_RELOAD,      /* read the configuration, answer its verdict */
	COMMAND_STOP,        /* as SIGTERM; answered when main ends */
	COMMAND_LOOK,        /* descriptors to read: see main/handout.h */
	COMMAND_PAUSE,  /* service: accept no connection, for ms or until */
	COMMAND_RESUME, /* service: accept again */
	COMMAND_END_SESSIONS, /* service: those of ipc/selection.h */
	COMMAND_EXPLAIN,      /* service, and a network of one address */
	COMMAND_FORGIVE, /* network, one address; service, or all of them */
	COMMAND_VERBS
};

/* What a verb does not need is zero. */
struct command_request {
	uint32_t version;     /* of the verb */
	uint32_t verb;        /* enum command_verb */
	uint64_t id;          /* of a session, 0: none */
	int64_t ms;           /* a time, or an age; 0: none */
	uint8_t network[16];  /* an address in network order */
	uint8_t family;       /* of network: 4 or 6, 0: none */
	uint8_t bits;         /* the length of its prefix */
	uint8_t kill;         /* COMMAND_END_SESSIONS: 1: without TERM */
	uint8_t reserved[21]; /* zero */
	char service[COMMAND_NAME_MAX]; /* a name and zeros; empty: none */
};

enum command_answer_type { COMMAND_TEXT = 1, COMMAND_END, COMMAND_DESCRIPTORS };

struct command_answer {
	uint32_t type;
	int32_t code; /* of COMMAND_END: the exit status, sysexits(3); of
			 COMMAND_DESCRIPTORS how many */
};

#define COMMAND_TEXT_MAX (COMMAND_PACKET_MAX - sizeof(struct command_answer))

/*
 * Copies a packet of that size and checks it.  NULL, or the reason why it is not
 * a valid request; then *out has only its version and verb.
 */
const char *command_parse(const void *packet, size_t size,
    struct command_request *out);

/* A verb as tine names it; NULL for another number. */
const char *command_name(uint32_t verb);

#endif
