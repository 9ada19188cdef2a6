/* SPDX-License-Identifier: ISC */
/*
 * The table of directives.
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "config/directive.h"
#include "config/types.h"

#define SECONDS(n) ((n)*INT64_C(1000))
#define HOURS(n)   ((n)*INT64_C(3600000))
/* What TCP_USER_TIMEOUT, an int of milliseconds, can hold, in whole hours. */
#define TCP_HOURS HOURS(596)

#define GLOBAL(m)       .offset = offsetof(struct config, m)
#define SERVICE(m)      .offset = offsetof(struct service_conf, m)
#define RANGE(from, to) .min = (from), .max = (to)

#define STRING           .type = TYPE_STRING
#define NAME             .type = TYPE_NAME
#define PATH             .type = TYPE_PATH
#define LIST             .type = TYPE_LIST
#define BOOL             .type = TYPE_BOOL
#define INT(from, to)    .type = TYPE_INT, RANGE(from, to)
#define TIME(from, to)   .type = TYPE_DURATION, RANGE(from, to)
#define MODE             .type = TYPE_MODE, RANGE(0, 0777)
#define CHOICE(c)        .type = TYPE_CHOICE, .choices = (c)
#define RATE             .type = TYPE_RATE, RANGE(1, 1000000)
#define SIZE_LIMIT       .type = TYPE_SIZE_LIMIT, RANGE(0, INT64_MAX)
#define NUMBER_LIMIT(to) .type = TYPE_NUMBER_LIMIT, RANGE(0, to)
#define TIME_LIMIT       .type = TYPE_DURATION_LIMIT, RANGE(SECONDS(1), HOURS(8760))

/* clang-format off */

#define BUILTIN_TEXT(name, help) #name,

/* Each in the order of its enum. */
static const char *const builtins[] = { "none", BUILTINS(BUILTIN_TEXT) NULL };
static const char *const log_targets[] = { "auto", "stderr", "syslog", "journal", NULL };
static const char *const log_formats[] = { "text", "json", NULL };
static const char *const log_levels[] = { "error", "warning", "notice", "info", "debug", NULL };
static const char *const log_peers[] = { "full", "prefix", "none", NULL };
static const char *const log_times[] = { "auto", "yes", "no", NULL };
static const char *const stderr_tos[] = { "log", "null", "socket", NULL };
static const char *const leftovers_policies[] = { "keep", "end", NULL };
static const char *const sandboxes[] = { "off", "basic", "strict", NULL };
static const char *const when_fulls[] = { "queue", "refuse", NULL };


static const struct directive globals[] = {
	/* The file with the process id; auto is none in the foreground. */
	{ .name = "pid_file", GLOBAL(pid_file), PATH, .def = "auto" },
	/* Where the log goes; auto is stderr in the foreground, else syslog. */
	{ .name = "log_target", GLOBAL(log_target), CHOICE(log_targets), .def = "auto" },
	/* How a line of the log is written; text is logfmt. */
	{ .name = "log_format", GLOBAL(log_format), CHOICE(log_formats), .def = "text" },
	/* The least important events that are logged. */
	{ .name = "log_level", GLOBAL(log_level), CHOICE(log_levels), .def = "info" },
	/* How much of a peer's address is logged; prefix is /24 or /56. */
	{ .name = "log_peer", GLOBAL(log_peer), CHOICE(log_peers), .def = "full" },
	/* Whether a line begins with the time; auto is on standard error only. */
	{ .name = "log_time", GLOBAL(log_time), CHOICE(log_times), .def = "auto" },
	/* The time that sessions have to finish at a stop. */
	{ .name = "drain_timeout", GLOBAL(drain_ms), TIME(0, HOURS(24)), .def = "30s" },
	/* The Unix socket that takes commands of tine(1). */
	{ .name = "control_socket", GLOBAL(control_socket), PATH, .def = CONTROL_AUTO },
	/* The mode of that socket. */
	{ .name = "control_mode", GLOBAL(control_mode), MODE, .def = "0600" },
	/* The group that may command, and has that socket. */
	{ .name = "control_group", GLOBAL(control_group), NAME, .def = "none" },
};

static const struct directive services[] = {
	/* The addresses that the service listens on. */
	{ .name = "listen", SERVICE(listen), LIST, .def = "" },
	/* The built-in service that answers. */
	{ .name = "builtin", SERVICE(builtin), CHOICE(builtins), .min = BUILTIN_NONE, .def = "none" },
	/* The program that answers: its absolute path and its arguments. */
	{ .name = "exec", SERVICE(exec), LIST, .def = "" },
	/* The user that serves; auto is TINED_USER, nobody, or without root oneself. */
	{ .name = "user", SERVICE(user), NAME, .def = "auto" },
	/* The group that serves; none is the user's own. */
	{ .name = "group", SERVICE(group), NAME, .def = "none" },
	/* The directory that becomes the root of the service. */
	{ .name = "chroot", SERVICE(chroot), PATH, .def = "none" },
	/* The directory that programs start in, inside chroot. */
	{ .name = "directory", SERVICE(directory), PATH, .def = "/" },
	/* The file mode creation mask of programs. */
	{ .name = "umask", SERVICE(umask), MODE, .def = "022" },
	/* The scheduling priority of programs. */
	{ .name = "nice", SERVICE(nice), INT(-20, 19), .def = "0" },
	/* How many descriptors a program may have open. */
	{ .name = "rlimit_nofile", SERVICE(limit[LIMIT_NOFILE]), NUMBER_LIMIT(INT32_MAX), .def = "inherited" },
	/* How much address space a program may have. */
	{ .name = "rlimit_as", SERVICE(limit[LIMIT_AS]), SIZE_LIMIT, .def = "inherited" },
	/* How much processor time a program may use. */
	{ .name = "rlimit_cpu", SERVICE(limit[LIMIT_CPU]), TIME_LIMIT, .def = "inherited" },
	/* How many processes the user may have, over all services. */
	{ .name = "rlimit_nproc", SERVICE(limit[LIMIT_NPROC]), NUMBER_LIMIT(INT32_MAX), .def = "inherited" },
	/* How large a file a program may write. */
	{ .name = "rlimit_fsize", SERVICE(limit[LIMIT_FSIZE]), SIZE_LIMIT, .def = "inherited" },
	/* How large a core dump a program may leave. */
	{ .name = "rlimit_core", SERVICE(limit[LIMIT_CORE]), SIZE_LIMIT, .def = "0" },
	/* Variables for programs, as NAME=VALUE. */
	{ .name = "environment", SERVICE(environment), LIST, .def = "" },
	/* Names of tined's own variables that programs are given. */
	{ .name = "pass_environment", SERVICE(pass_environment), LIST, .def = "" },
	/* Where a program's standard error goes. */
	{ .name = "stderr", SERVICE(stderr_to), CHOICE(stderr_tos), .def = "log" },
	/* What becomes of processes that a program leaves behind. */
	{ .name = "leftovers", SERVICE(leftovers), CHOICE(leftovers_policies), .def = "keep" },
	/* How programs are confined; built-in services always are. */
	{ .name = "sandbox", SERVICE(sandbox), CHOICE(sandboxes), .def = "basic" },
	/* Whether a sandbox that the kernel lacks is an error. */
	{ .name = "sandbox_required", SERVICE(sandbox_required), BOOL, .def = "no" },
	/* Paths that a program may write below in the strict sandbox. */
	{ .name = "writable", SERVICE(writable), LIST, .def = "" },
	/* The capabilities that a program keeps. */
	{ .name = "capabilities", SERVICE(capabilities), .type = TYPE_CAPABILITIES, .def = "" },
	/* How many sessions there may be at once. */
	{ .name = "instances", SERVICE(instances), INT(1, 65536), .def = "1024" },
	/* How many sessions one source may have at once. */
	{ .name = "per_source", SERVICE(per_source), INT(1, 65536), .def = "64" },
	/* How many bits of an IPv4 address make a source. */
	{ .name = "source_prefix_v4", SERVICE(prefix_v4), INT(0, 32), .def = "32" },
	/* How many bits of an IPv6 address make a source. */
	{ .name = "source_prefix_v6", SERVICE(prefix_v6), INT(0, 128), .def = "64" },
	/* How many connections a second are taken, and how many at once. */
	{ .name = "cps", SERVICE(cps), RATE, .def = "none" },
	/* How many connections a second one source may make. */
	{ .name = "cps_per_source", SERVICE(cps_per_source), RATE, .def = "none" },
	/* What becomes of connections above instances and cps. */
	{ .name = "when_full", SERVICE(when_full), CHOICE(when_fulls), .def = "queue" },
	/* What a refused client is sent. */
	{ .name = "refuse_message", SERVICE(refuse_message), STRING, .def = "" },
	/* The networks and hosts that are served; empty is everyone. */
	{ .name = "only_from", SERVICE(only_from), LIST, .def = "" },
	/* The networks and hosts that are not served. */
	{ .name = "no_access", SERVICE(no_access), LIST, .def = "" },
	/* How long a connection of a built-in service may be silent. */
	{ .name = "idle_timeout", SERVICE(idle_ms), TIME(1, TCP_HOURS), .none_allowed = 1, .def = "300s" },
	/* How long a session may last. */
	{ .name = "max_time", SERVICE(max_ms), TIME(1, HOURS(8760)), .none_allowed = 1, .def = "none" },
	/* How long sent data may stay where it is; auto is idle_timeout for built-ins, none for programs. */
	{ .name = "peer_timeout", SERVICE(peer_ms), TIME(1, TCP_HOURS), .none_allowed = 1, .def = "auto", .same_as = "idle_timeout" },
	/* Whether a client gets all of an answer of a program that has left input unread. */
	{ .name = "linger", SERVICE(linger), BOOL, .def = "no" },
	/* How many connections may wait in the kernel's queue. */
	{ .name = "backlog", SERVICE(backlog), INT(1, 65535), .def = "4096" },
	/* How many processes accept connections. */
	{ .name = "acceptors", SERVICE(acceptors), INT(1, 32), .def = "1" },
	/* Whether the kernel probes silent peers. */
	{ .name = "keepalive", SERVICE(keepalive), BOOL, .def = "yes" },
	/* Whether small pieces are sent at once. */
	{ .name = "nodelay", SERVICE(nodelay), BOOL, .def = "yes" },
	/* Whether IPv6 listeners leave IPv4 alone. */
	{ .name = "v6only", SERVICE(v6only), BOOL, .def = "no" },
	/* Whether addresses may be bound that the machine does not have yet. */
	{ .name = "freebind", SERVICE(freebind), BOOL, .def = "no" },
	/* The mode of Unix sockets. */
	{ .name = "socket_mode", SERVICE(socket_mode), MODE, .def = "0666" },
	/* The owner of Unix sockets; none is tined's own user. */
	{ .name = "socket_user", SERVICE(socket_user), NAME, .def = "none" },
	/* The group of Unix sockets; none is tined's own. */
	{ .name = "socket_group", SERVICE(socket_group), NAME, .def = "none" },
};

/* clang-format on */

const struct directive *
directive_rows(enum scope scope, size_t *n)
{
	if (scope == SCOPE_GLOBAL) {
		*n = sizeof(globals) / sizeof(globals[0]);
		return globals;
	}
	*n = sizeof(services) / sizeof(services[0]);
	return services;
}

/* The edit distance of two names that are not longer than NAME_MAX_LEN. */
#define NAME_MAX_LEN 32

static unsigned int
distance(const char *a, const char *b)
{
	unsigned int row[NAME_MAX_LEN + 1], left, above, best;
	size_t i, j, na = strlen(a), nb = strlen(b);

	if (na > NAME_MAX_LEN || nb > NAME_MAX_LEN)
		return NAME_MAX_LEN;
	for (j = 0; j <= nb; j++)
		row[j] = (unsigned int)j;
	for (i = 1; i <= na; i++) {
		left = row[0];
		row[0] = (unsigned int)i;
		for (j = 1; j <= nb; j++) {
			above = row[j];
			best = left + (a[i - 1] != b[j - 1]);
			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			left = above;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *
directive_nearest(enum scope scope, const char *name)
{
	const struct directive *rows;
	const char *nearest = NULL;
	unsigned int d, least = 3;
	size_t i, n;

	rows = directive_rows(scope, &n);
	for (i = 0; i < n; i++) {
		d = distance(name, rows[i].name);
		if (d < least && d < strlen(name)) {
			least = d;
			nearest = rows[i].name;
		}
	}
	return nearest;
}
