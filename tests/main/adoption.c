/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ipc/scoreboard_main.h"
#include "ipc/record.h"
#include "ipc/source.h"
#include "main/adoption.h"
#include "runner.h"

struct adopted_list list;
struct served *served;
struct worker dead;
struct service_conf conf = { .prefix_v4 = 24, .prefix_v6 = 64 };
bool ends_leftovers;

void
setup(void)
{
	memset(&list, 0, sizeof(list));
	ck_assert_ptr_nonnull(served = served_new("test"));
	served->now.conf = &conf;
	ends_leftovers = false;
	start_again();
}

void
start_again(void)
{
	dead = (struct worker) { .served = served, .control.fd = -1 };
	ck_assert_int_eq(scoreboard_take(served->board, 100, &dead.place), 0);
}

struct scoreboard_section *
section(void)
{
	return scoreboard_parts(served->board, &dead.place).section;
}

void
die_with_the_test(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

pid_t
child(void)
{
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		die_with_the_test();
	while (pid == 0)
		pause();
	return pid;
}

pid_t
child_apart(void)
{
	int fds[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		die_with_the_test();
		if (setsid() == -1 || write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(fds[0], &c, 1), 1);
	close(fds[0]);
	close(fds[1]);
	return pid;
}

struct scoreboard_slot *
slot_of(unsigned int i, pid_t pid, const char *ip)
{
	struct scoreboard_slot *slot = scoreboard_slot(served->board,
	    &dead.place, i);

	*slot = (struct scoreboard_slot) { .id = 100 + i, .pid = pid };
	ck_assert_int_eq(addr_from_ip(ip, &slot->peer), 0);
	atomic_store(&slot->state, SLOT_TAKEN);
	return slot;
}

void
adopt(void)
{
	/* It led the test's session, in which the test's children are. */
	dead.pid = getsid(0);
	dead.end = ends_leftovers;
	adopt_section(&list, &dead);
	ck_assert_uint_eq(dead.place.first, 0);
}

int
reap(pid_t pid)
{
	struct rusage ru;
	siginfo_t si;
	int status;

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT), 0);
	adopt_peek(&list, pid);
	ck_assert_int_eq(wait4(pid, &status, 0, &ru), pid);
	adopt_exit(&list, pid, status, &ru);
	return status;
}

uint64_t
next_end(struct scoreboard_slot *slot)
{
	char buf[256];
	struct scoreboard_slot any;
	size_t size = record_end(&(struct scoreboard_slot) { .id = 1 }, buf,
	    sizeof(buf));

	if (slot == NULL)
		slot = &any;
	if (read(served->log[0], buf, size) != (ssize_t)size)
		return 0;
	ck_assert_int_eq(record_slot(buf, size, slot), 0);
	return slot->id;
}

bool
is_alive(pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) ==
	    0 &&
	    si.si_pid == 0;
}

uint32_t
count_of(const char *ip)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip(ip, &a), 0);
	return source_count(served->board, &a);
}
