/* SPDX-License-Identifier: ISC */
/*
 * A command to a running tined, by its control socket: what `tine reload` and
 * `tine stop` have in common.  All of it ends at the timeout, if there is one.
 */
#ifndef TINED_TINE_ASK_H
#define TINED_TINE_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "ipc/command.h"
#include "ipc/view.h"
#include "tine/cli.h"

/* Exit statuses of sysexits(3): 69 no connection to tined, 71 the system failed, 77
 * not allowed. */

struct ask {
	const struct cli_command *command;
	const char *socket; /* --socket; NULL: search for it */
	bool json;
	bool no_wait;
	bool prints;     /* the lines are what was asked for: standard output */
	int64_t timeout; /* ns, for all of it; 0: none */

	struct command_request request; /* but for version and verb */

	int64_t began;
	int fd;
	int pidfd; /* of main; -1: unknown */

	struct view *view; /* gets the descriptors received; NULL: closed */

	/* The response. */
	struct buf text;                 /* whole lines */
	char last[COMMAND_TEXT_MAX + 1]; /* its last line, or what went wrong */
};

/* Connects and sends the request.  0, or an exit status with a->last. */
int ask_send(struct ask *a, enum command_verb verb);

/* Receives a packet: -1 when more follow, else the exit status, which a->last
 * explains. */
int ask_receive(struct ask *a);

/* Whether the timeout has passed. */
bool ask_is_late(const struct ask *a);

/* Receives until the end of the response: the exit status. */
int ask_verdict(struct ask *a);

/* Waits until main has ended: 0, or an exit status with a->last. */
int ask_wait(struct ask *a);

/* Prints the lines received so far, except with --json. */
void ask_print_text(struct ask *a);

/* Prints the response, with that exit status, and returns it: the last line on
 * standard output when the status is 0, everything else on standard error. */
int ask_print(struct ask *a, int status);

#endif
