/* SPDX-License-Identifier: ISC */
/*
 * Commands to a running tined, by its control socket: what `tine reload` and
 * `tine stop` do alike.  All of it ends at the timeout, if there is one.
 */
#ifndef TINED_CLIENT_ASK_H
#define TINED_CLIENT_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/command.h"
#include "tine/command.h"

/* Exit statuses of sysexits(3): 69 no tined answers, 71 the system failed, 77
 * not allowed. */

struct ask {
	const struct command *command;
	const char *socket; /* --socket; NULL: wherever a tined may be */
	bool json;
	int64_t timeout; /* ns, of the whole; 0: none */

	int64_t began;
	int fd;
	int pidfd; /* of main; -1: unknown */

	/* The answer, and what is wrong. */
	char *text; /* whole lines */
	size_t len;
	char last[COMMAND_TEXT_MAX + 1]; /* what it ends with, or the reason */
};

/* Takes --json, --socket, --timeout; false when opt is none of them. */
bool ask_option(struct ask *a, int opt, const char *arg);

/* getopt's values for options that have no letter. */
enum { ASK_JSON = 256, ASK_SOCKET, ASK_OTHER };

/* Connects and sends the request.  0, or an exit status with a->last. */
int ask_send(struct ask *a, enum command_verb verb);

/* Receives a packet: -1, there may be more; else the exit status, and a->last
 * says what it means. */
int ask_receive(struct ask *a);

/* Receives until the end of the answer: the exit status. */
int ask_verdict(struct ask *a);

/* Waits until main has ended: 0, or an exit status with a->last. */
int ask_wait(struct ask *a);

/* Prints the lines that have come until now, unless they are for JSON. */
void ask_print_text(struct ask *a);

/* Prints the answer, with that exit status, and returns it.  Lines go to
 * standard error, except for what they end with when that is 0. */
int ask_print(struct ask *a, int status);

#endif
