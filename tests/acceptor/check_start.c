/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/rig.h"
#include "runner.h"
#include "acceptor/start.h"
#include "base/io.h"
#include "base/sys.h"
#include "ipc/source.h"
#include "inject.h"

/* What session_fork calls; a leak checker has a clone of its own. */
#define SESSION_CLONE (SYS_END_SIGNAL | CLONE_PARENT_SETTID)

static struct rig_record r;

static void
max_time(struct settings_builder *b)
{
	settings_of(b)->max_ms = 5000;
}

START_TEST(fills_in_its_slot)
{
	struct scoreboard_slot *slot;
	struct addr peer;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd;

	rig_make(max_time, 4);
	memset(rig_slot(0), 0xff, sizeof(*slot));
	fd = rig_start(&slot);
	ck_assert_ptr_eq(slot, rig_slot(0));
	getsockname(fd, (struct sockaddr *)&ss, &len);
	addr_from_sockaddr((struct sockaddr *)&ss, &peer);
	ck_assert_uint_eq(slot->id, 1);
	ck_assert_int_eq(slot->until_ms, slot->start_ms + 5000);
	ck_assert(addr_equal(&slot->peer, &peer));
	ck_assert(addr_equal(&slot->local, &rig_local));
	ck_assert_int_eq(slot->pid, rig_child(0)->pid);
	ck_assert_int_eq(slot->state, SLOT_TAKEN);
	ck_assert_int_eq(slot->reason, END_BY_ITSELF);
	ck_assert_uint_eq(slot->listener, 0);
	ck_assert_uint_eq(slot->nth, 1);
	ck_assert_uint_eq(slot->program, 0);
	ck_assert_uint_eq(slot->error, 0);
	ck_assert_uint_eq(slot->in, 0);
	ck_assert_uint_eq(slot->out, 0);
	ck_assert_uint_eq(rig->section->n.started, 1);
	ck_assert_int_eq(rig_child(0)->state, CHILD_RUNNING);
	kill(slot->pid, SIGKILL);
}
END_TEST

START_TEST(numbers_connections_of_a_service)
{
	struct scoreboard_slot *slot;
	uint64_t id;

	rig_make(NULL, 4);
	for (id = 1; id < 10; id++) {
		rig_start(&slot);
		ck_assert_uint_eq(slot->id, id);
		kill(slot->pid, SIGKILL);
		rig_reap(1);
		event_flush(rig);
	}
}
END_TEST

START_TEST(serves_its_connection)
{
	char text[16];
	int fd;

	rig_make(NULL, 4);
	fd = rig_start(NULL);
	ck_assert_int_eq(send(fd, "hello", 5, 0), 5);
	shutdown(fd, SHUT_WR);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "hello");
	rig_reap(1);
}
END_TEST

/* Only when slots run out, and the oldest first. */
START_TEST(drops_the_oldest_record_when_slots_run_out)
{
	struct scoreboard_slot *slot;
	uint64_t id;

	rig_make(NULL, 6);
	rig_log_fill();
	for (id = 1; id <= 9; id++) {
		rig_start(&slot);
		kill(slot->pid, SIGKILL);
		rig_reap(1); /* and nothing is flushed */
	}
	ck_assert_uint_eq(rig->section->unreported, 3);
	ck_assert_uint_eq(rig->section->n.lost, 3);
	ck_assert_uint_eq(rig->section->n.ended, 9);
	rig_log_empty();
	event_flush(rig);
	for (id = 4; id <= 9; id++) {
		ck_assert(rig_record(&r));
		ck_assert_int_eq(r.kind, RECORD_END);
		ck_assert_uint_eq(r.slot.id, id);
	}
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "lost");
	ck_assert_str_eq(rig_value(&r, "records"), "3");
}
END_TEST

START_TEST(fails_without_a_free_slot)
{
	struct pending c;
	int i;

	rig_make(NULL, 2);
	for (i = 0; i < 2; i++)
		rig_start(NULL);
	rig_connect(&c);
	ck_assert_int_eq(start_session(rig, &c), -1);
	ck_assert_int_eq(errno, ENOBUFS);
	ck_assert_uint_eq(rig->children.nrunning, 2);
	for (i = 0; i < 2; i++)
		kill(rig_slot((unsigned int)i)->pid, SIGKILL);
}
END_TEST

/* As if admitted, in all that the limits count. */
static void
count(const struct pending *c)
{
	atomic_fetch_add(&rig->section->nsessions, 1);
	source_add(rig->board, &rig->board->own, &c->source);
}

START_TEST(takes_nothing_when_it_could_not_fork)
{
	struct pending c;

	rig_make(NULL, 4);
	rig_connect(&c);
	count(&c);
	ck_assert_int_eq(inject(SYS_clone, SESSION_CLONE, EAGAIN), 0);
	ck_assert_int_eq(start_session(rig, &c), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(rig_slot(0)->state, SLOT_FREE);
	ck_assert_int_eq(rig_child(0)->state, CHILD_FREE);
	ck_assert_uint_eq(rig->children.nrunning, 0);
	ck_assert_uint_eq(rig->section->n.started, 0);
	/* The connection and its counts are still the caller's. */
	ck_assert_uint_eq(rig->section->nsessions, 1);
	ck_assert_uint_eq(source_count(rig->board, &c.source), 1);
	ck_assert_int_eq(send(c.fd, "x", 1, MSG_NOSIGNAL), 1);
}
END_TEST

START_TEST(gives_a_slot_back_that_no_end_can_be_told_of)
{
	struct scoreboard_slot *slot;
	struct pending c;

	rig_make(NULL, 1);
	rig_start(&slot);
	kill(slot->pid, SIGKILL);
	rig_reap(1);
	rig_connect(&c);
	count(&c);
	ck_assert_int_eq(inject(SYS_clone, SESSION_CLONE, ENOMEM), 0);
	ck_assert_int_eq(start_session(rig, &c), -1);
	ck_assert_uint_eq(rig->section->unreported, 1);
	ck_assert_ptr_nonnull(TAILQ_FIRST(&rig->children.queue[CHILD_FREE]));
	event_flush(rig);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "lost");
	ck_assert(!rig_record(&r));
}
END_TEST

static void
missing(struct settings_builder *b)
{
	rig_program(b, "/nonexistent/program", NULL);
}

START_TEST(closes_without_a_reset_when_the_program_cannot_be_executed)
{
	struct scoreboard_slot *slot;
	char text[16];
	int fd;

	rig_make(missing, 4);
	fd = rig_start(&slot);
	ck_assert_int_eq(slot->error, ENOENT);
	ck_assert_int_eq(slot->program, 0);
	ck_assert(!rig_child(0)->program);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "exec");
	ck_assert_str_eq(rig_value(&r, "call"), "/nonexistent/program");
	ck_assert_str_eq(rig_value(&r, "msg"), "No such file or directory");
	/* No reset, although there is something unread. */
	ck_assert_int_eq(send(fd, "unread", 6, MSG_NOSIGNAL), 6);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "");
	close(fd);
	rig_reap(1);
	event_flush(rig);
	ck_assert(rig_record(&r));
	ck_assert_int_eq(r.kind, RECORD_END);
	ck_assert_int_eq(r.slot.error, ENOENT);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

/* A thousand a second: one line. */
START_TEST(says_once_a_second_what_cannot_be_executed)
{
	int i, fd[20];

	rig_make(missing, 64);
	for (i = 0; i < 20; i++)
		fd[i] = rig_start(NULL);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "exec");
	ck_assert(!rig_record(&r));
	for (i = 0; i < 20; i++)
		close(fd[i]);
	rig_reap(20);
}
END_TEST

static void
script(struct settings_builder *b)
{
	rig_program(b, "/bin/sh", "-c", "echo $TINED_ID; exit 4", NULL);
	settings_of(b)->stderr_to = STDERR_NULL;
}

START_TEST(marks_a_program_as_one)
{
	struct scoreboard_slot *slot;
	char text[16];
	int fd;

	rig_make(script, 4);
	fd = rig_start(&slot);
	ck_assert_int_eq(slot->program, 1);
	ck_assert(rig_child(0)->program);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "1\n");
	rig_reap(1);
	ck_assert_int_eq(WEXITSTATUS(slot->status), 4);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_test(tc, fills_in_its_slot);
	tcase_add_test(tc, numbers_connections_of_a_service);
	tcase_add_test(tc, serves_its_connection);
	tcase_add_test(tc, drops_the_oldest_record_when_slots_run_out);
	tcase_add_test(tc, fails_without_a_free_slot);
	runner_add(tc, lack, takes_nothing_when_it_could_not_fork);
	runner_add(tc, lack, gives_a_slot_back_that_no_end_can_be_told_of);
	tcase_add_test(tc,
	    closes_without_a_reset_when_the_program_cannot_be_executed);
	runner_add(tc, runner_in_valgrind("valgrind needs more than a second"),
	    says_once_a_second_what_cannot_be_executed);
	tcase_add_test(tc, marks_a_program_as_one);
}

int
main(void)
{
	return rig_main("start", add);
}
