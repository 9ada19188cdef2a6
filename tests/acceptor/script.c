/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <string.h>
#include <unistd.h>

#include "acceptor/program.h"
#include "acceptor/script.h"

const char *script_text;
enum stderr_to script_stderr;
struct scoreboard_slot *script_slot;
char script_output[4096];

int
script_serve(const char *input)
{
	struct pending c;
	int fd = rig_connect(&c), status;
	pid_t pid;

	script_slot = rig_slot(0);
	script_slot->id = 17;
	script_slot->nth = 1;
	script_slot->error = 0;
	script_slot->peer = c.peer;
	script_slot->local = rig_local;
	pid = program_start(rig, script_slot, c.fd);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(atomic_load(&script_slot->pid), pid);
	close(c.fd);
	ck_assert_int_eq(send(fd, input, strlen(input), MSG_NOSIGNAL),
	    strlen(input));
	shutdown(fd, SHUT_WR);
	ck_assert(rig_read_all(fd, script_output, sizeof(script_output)));
	close(fd);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

void
script_settings(struct settings_builder *b)
{
	rig_program(b, "/bin/sh", "-c", script_text, "name", "a b", "", NULL);
	settings_of(b)->stderr_to = script_stderr;
}

const char *
script_run(const char *s)
{
	script_text = s;
	rig_make(script_settings, 4);
	ck_assert_int_eq(script_serve(""), 0);
	return script_output;
}

void
script_cat(struct settings_builder *b)
{
	rig_program(b, "/bin/cat", NULL);
}

/* Above the one that this test is run with: not everybody can lower it. */
int
script_nice(void)
{
	int nice = getpriority(PRIO_PROCESS, 0) + 5;

	return nice < 19 ? nice : 19;
}

void
script_limited(struct settings_builder *b)
{
	script_settings(b);
	settings_of(b)->umask = 027;
	settings_of(b)->nice = script_nice();
	settings_of(b)->limit[LIMIT_NOFILE] = (struct settings_limit) { 33, 1,
		0 };
	settings_of(b)->limit[LIMIT_CORE] = (struct settings_limit) { 0, 1, 0 };
	settings_of(b)->limit[LIMIT_AS] = (struct settings_limit) {
		RLIM_INFINITY, 1, 0
	};
}
