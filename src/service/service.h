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

struct service {
	const char *name;
	void (*serve)(struct session *s);
};

/* Each service in BUILTINS is defined in its own file here. */
#define SERVICE_EXTERN(name, help) extern const struct service service_##name;
BUILTINS(SERVICE_EXTERN)
#undef SERVICE_EXTERN

/* The service of that number; NULL for BUILTIN_NONE or an unknown one. */
const struct service *service_get(enum builtin b);

#endif
