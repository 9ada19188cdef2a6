/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "main/listen/fixture.h"
#include "main/listen/resolve.h"
#include "runner.h"

#define MAX 64

/* What the child's getaddrinfo does instead of asking. */
static void (*instead)(void);

/* In place of libc's, which it calls unless a test says otherwise. */
int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **res)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);

	if (instead != NULL)
		instead();
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(node, service, hints, res);
}

static struct addr got[MAX];
static const char *why;

/* No child is left, dead or alive. */
static void
assert_no_child(void)
{
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}

static void
must_not_happen(void)
{
	abort();
}

START_TEST(answers_a_number_without_asking)
{
	struct addr v6;

	instead = must_not_happen;
	ck_assert_int_eq(resolve_host("192.0.2.7", got, MAX, &why), 1);
	ck_assert_uint_eq(got[0].family, AF_INET);
	ck_assert_uint_eq(got[0].port, 0);
	ck_assert_int_eq(resolve_host("2001:db8::7", got, MAX, &why), 1);
	ck_assert_int_eq(addr_from_ip("2001:db8::7", &v6), 0);
	ck_assert(addr_equal(&got[0], &v6));
	assert_no_child();
}
END_TEST

START_TEST(finds_localhost)
{
	struct addr loopback;
	int i, n, found = 0;

	n = resolve_host("localhost", got, MAX, &why);
	ck_assert_int_ge(n, 1);
	ck_assert_int_eq(addr_from_ip("127.0.0.1", &loopback), 0);
	for (i = 0; i < n; i++)
		found += addr_equal(&got[i], &loopback);
	ck_assert_int_eq(found, 1);
	assert_no_child();
}
END_TEST

START_TEST(finds_all_addresses_once_and_no_more_than_asked_for)
{
	if (fixture_hosts("192.0.2.1 many\n192.0.2.2 many\n192.0.2.1 many\n"
			  "2001:db8::1 many\n") == -1)
		return;
	ck_assert_int_eq(resolve_host("many", got, MAX, &why), 3);
	ck_assert(!addr_equal(&got[0], &got[1]));
	ck_assert(!addr_equal(&got[1], &got[2]));
	ck_assert_int_eq(resolve_host("many", got, 2, &why), 2);
}
END_TEST

START_TEST(says_why_there_is_none)
{
	(void)fixture_network(); /* without a name server */
	ck_assert_int_eq(resolve_within(5000, "no.such.host.invalid", got, MAX,
			     &why),
	    -1);
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_null(strstr(why, "timed out"));
	assert_no_child();
}
END_TEST

static void
hang(void)
{
	for (;;)
		pause();
}

START_TEST(gives_up_at_the_deadline_and_leaves_nothing_behind)
{
	const int64_t start = clock_ms();
	int64_t took;

	instead = hang;
	ck_assert_int_eq(resolve_within(300, "slow", got, MAX, &why), -1);
	took = clock_ms() - start;
	ck_assert_str_eq(why, "timed out after 300 ms");
	ck_assert_int_ge(took, 300);
	ck_assert_int_lt(took, 5000);
	assert_no_child();
}
END_TEST

START_TEST(names_the_seconds_of_the_deadline)
{
	instead = hang;
	ck_assert_int_eq(resolve_within(1000, "slow", got, MAX, &why), -1);
	ck_assert_str_eq(why, "timed out after 1 s");
}
END_TEST

static void
die(void)
{
	raise(SIGKILL);
}

START_TEST(survives_the_death_of_the_child)
{
	instead = die;
	ck_assert_int_eq(resolve_host("any", got, MAX, &why), -1);
	ck_assert_str_eq(why, "the look-up ended without an answer");
	assert_no_child();
}
END_TEST

START_TEST(leaves_other_children_alone)
{
	pid_t other;
	int status;

	other = fork();
	if (other == 0)
		_exit(7);
	ck_assert_int_ne(other, -1);
	ck_assert_int_ge(resolve_host("localhost", got, MAX, &why), 1);
	instead = hang;
	ck_assert_int_eq(resolve_within(50, "slow", got, MAX, &why), -1);
	ck_assert_int_eq(waitpid(other, &status, 0), other);
	ck_assert_int_eq(WEXITSTATUS(status), 7);
}
END_TEST

static volatile sig_atomic_t nsignals;

static void
count_signal(int sig)
{
	(void)sig;
	nsignals++;
}

static void
signal_parent_then_hang(void)
{
	int i;

	for (i = 0; i < 100; i++)
		kill(getppid(), SIGUSR1);
}

START_TEST(is_not_disturbed_by_signals)
{
	struct sigaction sa = { .sa_handler = count_signal };

	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGCHLD, &sa, NULL);
	instead = signal_parent_then_hang;
	ck_assert_int_ge(resolve_host("localhost", got, MAX, &why), 1);
	ck_assert_int_gt(nsignals, 0);
	assert_no_child();
}
END_TEST

START_TEST(works_with_signals_blocked_and_children_ignored)
{
	sigset_t all;

	signal(SIGCHLD, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	ck_assert_int_ge(resolve_host("localhost", got, MAX, &why), 1);
	assert_no_child();
}
END_TEST

/* In the child: dies unless it is clean. */
static void
look_around(void)
{
	struct sigaction sa;
	sigset_t mask;
	int fd, sig;

	for (fd = 4; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			die();
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (sig = 1; sig < 32; sig++) {
		if (sigismember(&mask, sig))
			die();
		sigaction(sig, NULL, &sa);
		if (sig != SIGKILL && sig != SIGSTOP &&
		    sa.sa_handler != SIG_DFL)
			die();
	}
}

START_TEST(gives_the_child_nothing_of_ours)
{
	sigset_t all;
	int i;

	for (i = 0; i < 20; i++)
		ck_assert_int_ne(dup(1), -1);
	signal(SIGHUP, count_signal);
	signal(SIGPIPE, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	instead = look_around;
	ck_assert_int_ge(resolve_host("localhost", got, MAX, &why), 1);
}
END_TEST

START_TEST(leaks_no_descriptor)
{
	int before = dup(1), after;

	close(before);
	ck_assert_int_ge(resolve_host("localhost", got, MAX, &why), 1);
	instead = die;
	ck_assert_int_eq(resolve_host("any", got, MAX, &why), -1);
	after = dup(1);
	ck_assert_int_eq(before, after);
	close(after);
}
END_TEST

START_TEST(says_so_when_it_cannot_fork)
{
	struct rlimit before, none;

	fixture_unprivileged();
	ck_assert_int_eq(getrlimit(RLIMIT_NPROC, &before), 0);
	none = before;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &none), 0);
	ck_assert_int_eq(resolve_host("localhost", got, MAX, &why), -1);
	ck_assert_str_eq(why, strerror(EAGAIN));
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &before), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, answers_a_number_without_asking);
	tcase_add_test(tc, finds_localhost);
	tcase_add_test(tc, finds_all_addresses_once_and_no_more_than_asked_for);
	tcase_add_test(tc, says_why_there_is_none);
	tcase_add_test(tc, gives_up_at_the_deadline_and_leaves_nothing_behind);
	tcase_add_test(tc, names_the_seconds_of_the_deadline);
	tcase_add_test(tc, survives_the_death_of_the_child);
	tcase_add_test(tc, leaves_other_children_alone);
	tcase_add_test(tc, is_not_disturbed_by_signals);
	tcase_add_test(tc, works_with_signals_blocked_and_children_ignored);
	tcase_add_test(tc, gives_the_child_nothing_of_ours);
	tcase_add_test(tc, leaks_no_descriptor);
	tcase_add_test(tc, says_so_when_it_cannot_fork);
}

int
main(void)
{
	return runner_main("resolve", add);
}
