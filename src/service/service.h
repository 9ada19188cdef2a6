/* SPDX-License-Identifier: ISC */
/*
 * A built-in service: what a session does with its connection when no program
 * is configured.  It runs in the forked child, blocking, confined, with a
 * small heap; when it returns the session ends.
 */
#ifndef TINED_SERVICE_SERVICE_H
#define TINED_SERVICE_SERVICE_H

#include <stdint.h>

#include "ipc/scoreboard.h"
#include "ipc/builtin.h"
#include "ipc/settings.h"

struct session {
	int fd;                          /* the connection, blocking */
	const struct settings *settings; /* a page fault away */
	int64_t idle_ms;                 /* of the settings */
	struct scoreboard_slot
	    *slot; /* of this session: id, peer, local, in, out */
};

typedef void service_function(struct session *s);

/* Each service in BUILTINS is defined in its own file here. */
#define SERVICE_FUNCTION(name, help) service_function service_##name;
BUILTINS(SERVICE_FUNCTION)
#undef SERVICE_FUNCTION

/* The service of that number; NULL for BUILTIN_NONE or an unknown one. */
service_function *service_get(enum builtin b);

#endif
