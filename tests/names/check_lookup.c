/* SPDX-License-Identifier: ISC */
/* The process that looks names up: what it is given, and how it ends. */
#include "config.h"

#include <sys/prctl.h>
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
#include "listen/fixture.h"
#include "names/lookup.h"
#include "runner.h"

/* What getaddrinfo does for some host instead of asking. */
static void (*instead)(const char *host);

/* In place of libc's, which it calls unless a test says otherwise. */
int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **res)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);

	if (instead != NULL)
		instead(node);
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(node, service, hints, res);
}

static struct watch_set set;
static struct lookup lookup;
static struct names *names;
static char why[LOOKUP_FAILURE_MAX];

static void
set_up(void)
{
	names = names_new();
	ck_assert_int_eq(watch_open(&set), 0);
}

static void
tear_down(void)
{
	names_free(names);
	close(set.epoll);
}

/* Looks up, for ms at most, while other things could be done. */
static void
look_up(int64_t ms)
{
	ck_assert_int_eq(lookup_start(&lookup, &set, names, ms), 0);
	while (!lookup_over(&lookup, clock_ms()))
		watch_wait(&set, WATCH_MOST, 5, NULL);
	why[0] = '\0';
	if (names->nopen > 0)
		lookup_failure(&lookup, why, sizeof(why));
	lookup_end(&lookup);
}

/* The process ends, and no other is there. */
static void
assert_no_child(void)
{
	int status;

	while (waitpid(-1, &status, 0) != -1)
		continue;
	ck_assert_int_eq(errno, ECHILD);
}

static size_t
addresses_of(const char *host)
{
	const struct addr *v;
	size_t n;

	return names_host(names, host, &v, &n) == NULL ? n : 0;
}

/* The process has an answer, whatever happens in it, and ends. */
static void
finds_localhost(void)
{
	names_want(names, NAME_HOST, "localhost", NULL);
	look_up(10000);
	ck_assert_uint_ge(addresses_of("localhost"), 1);
	assert_no_child();
}

START_TEST(starts_nothing_where_nothing_is_open)
{
	names_want(names, NAME_HOST, "192.0.2.7", NULL);
	look_up(10000);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_uint_eq(addresses_of("192.0.2.7"), 1);
}
END_TEST

START_TEST(finds_all_kinds_at_once)
{
	struct identity id;
	uid_t uid;
	gid_t gid;

	names_want(names, NAME_HOST, "localhost", NULL);
	names_want(names, NAME_USER, "root", NULL);
	names_want(names, NAME_USER, "no-such-user", NULL);
	names_want(names, NAME_GROUP, "daemon", NULL);
	names_want(names, NAME_IDENTITY, "root", NULL);
	names_want(names, NAME_LOGIN, "0", NULL);
	look_up(10000);
	ck_assert_str_eq(why, "");
	ck_assert_uint_ge(addresses_of("localhost"), 1);
	ck_assert_ptr_null(names_id(names, NAME_USER, "root", &uid));
	ck_assert_uint_eq(uid, 0);
	ck_assert_str_eq(names_id(names, NAME_USER, "no-such-user", &uid),
	    "no such user");
	ck_assert_ptr_null(names_id(names, NAME_GROUP, "daemon", &gid));
	ck_assert_ptr_null(names_identity(names, "root", NULL, &id));
	ck_assert_uint_ge(id.ngroups, 1);
	ck_assert_str_eq(names_login(names, 0), "root");
	assert_no_child();
}
END_TEST

START_TEST(takes_more_than_the_pipe_holds)
{
	char *hosts = malloc(1 << 20);
	size_t len = 0;
	int i;

	for (i = 0; i < 4000; i++)
		len += (size_t)snprintf(hosts + len, (1 << 20) - len,
		    "10.0.%d.%d many\n", i / 250, i % 250);
	i = fixture_hosts(hosts);
	free(hosts);
	if (i == -1)
		return;
	names_want(names, NAME_HOST, "many", NULL);
	look_up(30000);
	ck_assert_str_eq(why, "");
	ck_assert_uint_eq(addresses_of("many"), 4000);
	assert_no_child();
}
END_TEST

static void
hang(const char *host)
{
	while (strncmp(host, "slow", 4) == 0)
		pause();
}

START_TEST(gives_up_at_the_deadline_and_leaves_nothing_behind)
{
	const int64_t start = clock_ms();
	int64_t took;

	instead = hang;
	names_want(names, NAME_HOST, "slow", NULL);
	look_up(300);
	took = clock_ms() - start;
	ck_assert_str_eq(why, "no answer within 10 s: host slow");
	ck_assert_int_ge(took, 300);
	ck_assert_int_lt(took, 5000);
	assert_no_child();
}
END_TEST

START_TEST(asks_for_others_while_some_hang)
{
	char name[16];
	int i;

	instead = hang;
	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "slow%d", i);
		names_want(names, NAME_HOST, name, NULL);
	}
	names_want(names, NAME_HOST, "localhost", NULL);
	names_want(names, NAME_IDENTITY, "root", NULL);
	look_up(2000);
	ck_assert_uint_eq(names->nopen, 20);
	ck_assert_uint_ge(addresses_of("localhost"), 1);
	ck_assert_ptr_nonnull(strstr(why, "host slow0, host slow1"));
	assert_no_child();
}
END_TEST

static void
die(const char *host)
{
	(void)host;
	raise(SIGKILL);
}

START_TEST(survives_the_death_of_the_process)
{
	instead = die;
	names_want(names, NAME_HOST, "any", NULL);
	look_up(10000);
	ck_assert_str_eq(why, "the look-up process ended early: host any");
	assert_no_child();
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
signal_parent_then_hang(const char *host)
{
	int i;

	for (i = 0; i < 100; i++)
		kill(getppid(), SIGUSR1);
	hang(host);
}

START_TEST(is_not_disturbed_by_signals)
{
	struct sigaction sa = { .sa_handler = count_signal };

	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGCHLD, &sa, NULL);
	instead = signal_parent_then_hang;
	finds_localhost();
	ck_assert_int_gt(nsignals, 0);
}
END_TEST

/* As `systemctl kill` sends them, to every process of a unit. */
static void
signal_itself(const char *host)
{
	static const int stray[] = { SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE,
		SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXCPU, SIGXFSZ };
	size_t i;

	(void)host;
	for (i = 0; i < sizeof(stray) / sizeof(stray[0]); i++)
		kill(getpid(), stray[i]);
	kill(getpid(), SIGRTMIN);
}

START_TEST(is_not_ended_by_stray_signals)
{
	instead = signal_itself;
	finds_localhost();
	ck_assert_str_eq(why, "");
}
END_TEST

/* Nobody ends it here. */
START_TEST(ends_by_itself_when_nobody_ends_it)
{
	const int64_t start = clock_ms();

	instead = hang;
	names_want(names, NAME_HOST, "slow", NULL);
	ck_assert_int_eq(lookup_start(&lookup, &set, names, 10), 0);
	close(lookup.process);
	lookup.process = -1;
	assert_no_child();
	ck_assert_int_lt(clock_ms() - start, 10000);
	lookup_end(&lookup);
}
END_TEST

START_TEST(works_with_signals_blocked_and_children_ignored)
{
	sigset_t all;

	signal(SIGCHLD, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	finds_localhost();
}
END_TEST

/* In the process: dies unless it is clean. */
static void
look_around(const char *host)
{
	struct sigaction sa;
	int fd, sig, death = 0;

	for (fd = 4; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			die(host);
	for (sig = 1; sig < 32; sig++) {
		sigaction(sig, NULL, &sa);
		if (sig != SIGKILL && sig != SIGSTOP &&
		    sa.sa_handler != SIG_DFL)
			die(host);
	}
	prctl(PR_GET_PDEATHSIG, &death);
	if (death != SIGKILL)
		die(host);
}

START_TEST(gives_the_process_nothing_of_ours)
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
	finds_localhost();
}
END_TEST

START_TEST(leaks_no_descriptor)
{
	int before = dup(1), after;

	close(before);
	names_want(names, NAME_HOST, "localhost", NULL);
	look_up(10000);
	instead = die;
	names_want(names, NAME_HOST, "any", NULL);
	look_up(10000);
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
	names_want(names, NAME_HOST, "localhost", NULL);
	ck_assert_int_eq(lookup_start(&lookup, &set, names, 1000), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &before), 0);
}
END_TEST

static bool
at_once(void)
{
	return nsignals > 0;
}

START_TEST(stops_waiting_when_told_to)
{
	struct sigaction sa = { .sa_handler = count_signal };
	const int64_t start = clock_ms();

	sigaction(SIGALRM, &sa, NULL);
	alarm(1);
	instead = hang;
	names_want(names, NAME_HOST, "slow", NULL);
	ck_assert_int_eq(lookup_run(names, NULL, at_once, why, sizeof(why)),
	    -1);
	ck_assert_int_eq(errno, ECANCELED);
	ck_assert_int_lt(clock_ms() - start, 8000);
	assert_no_child();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, starts_nothing_where_nothing_is_open);
	tcase_add_test(tc, finds_all_kinds_at_once);
	tcase_add_test(tc, takes_more_than_the_pipe_holds);
	tcase_add_test(tc, gives_up_at_the_deadline_and_leaves_nothing_behind);
	tcase_add_test(tc, asks_for_others_while_some_hang);
	tcase_add_test(tc, survives_the_death_of_the_process);
	tcase_add_test(tc, is_not_disturbed_by_signals);
	tcase_add_test(tc, is_not_ended_by_stray_signals);
	tcase_add_test(tc, ends_by_itself_when_nobody_ends_it);
	tcase_add_test(tc, works_with_signals_blocked_and_children_ignored);
	tcase_add_test(tc, gives_the_process_nothing_of_ours);
	tcase_add_test(tc, leaks_no_descriptor);
	tcase_add_test(tc, says_so_when_it_cannot_fork);
	tcase_add_test(tc, stops_waiting_when_told_to);
}

int
main(void)
{
	return runner_main("names/lookup", add);
}
