/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "runner.h"

/* A sanitized program on a busy machine needs more than Check's 4 s. */
#define TEST_SECONDS 30

#define SKIPPED_MAX 64
#define NOFILE      1024

static struct {
	const char *test;
	const char *lack;
} skipped[SKIPPED_MAX];
static size_t nskipped;

/* As main leaves them to an acceptor: nothing is ignored, and SIGCHLD is
 * blocked, however the test was started. */
static void
set_signals(void)
{
	static const unsigned long defaults[8];
	sigset_t end;
	int sig;

	for (sig = 1; sig <= SIGRTMAX; sig++)
		syscall(SYS_rt_sigaction, sig, defaults, NULL, 8);
	sigemptyset(&end);
	sigaddset(&end, SYS_END_SIGNAL);
	sigprocmask(SIG_BLOCK, &end, NULL);
}

/* In each test: Check's own handlers, which a test's children inherit, end the
 * test with all its processes. */
static void
drop_handlers(void)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
}

/* For tests that open many descriptors, whatever the soft limit was. */
static void
raise_nofile(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1 || rl.rlim_cur >= NOFILE)
		return;
	rl.rlim_cur = rl.rlim_max < NOFILE ? rl.rlim_max : NOFILE;
	setrlimit(RLIMIT_NOFILE, &rl);
}

void
runner_skip(const char *test, const char *lack)
{
	if (nskipped == SKIPPED_MAX)
		abort();
	skipped[nskipped].test = test;
	skipped[nskipped++].lack = lack;
}

/* Check's report, which ends with the plan, and what Check does not know. */
static void
report(FILE *tap)
{
	char line[4096];
	size_t i, n = 0;

	rewind(tap);
	while (fgets(line, sizeof(line), tap) != NULL) {
		if (sscanf(line, "1..%zu", &n) != 1)
			fputs(line, stdout);
	}
	for (i = 0; i < nskipped; i++)
		printf("ok %zu - %s # SKIP %s\n", n + i + 1, skipped[i].test,
		    skipped[i].lack);
	printf("1..%zu\n", n + nskipped);
}

const char *
runner_in_valgrind(const char *lack)
{
	return getenv("VALGRIND_LOGS") == NULL ? NULL : lack;
}

/*
 * Standard output becomes memory that report() reads; the real one, or -1 where
 * all can be said at once.  A file of Check's would be without FD_CLOEXEC, and so
 * be found by the programs of tests.
 */
static int
divert(void)
{
	int out, tap;

	if (nskipped == 0 || (tap = memfd_create("tap", MFD_CLOEXEC)) == -1)
		return -1;
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (out != -1)
		dup2(tap, STDOUT_FILENO);
	close(tap);
	return out;
}

static void
restore(int out)
{
	FILE *tap;

	if (out == -1)
		return;
	fflush(stdout);
	tap = fdopen(dup(STDOUT_FILENO), "r");
	dup2(out, STDOUT_FILENO);
	close(out);
	if (tap == NULL)
		abort();
	report(tap);
	fclose(tap);
}

int
runner_main(const char *name, void (*add)(TCase *))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int out, nfailed;

	set_signals();
	raise_nofile();
	tcase_set_timeout(tcase, TEST_SECONDS);
	tcase_add_checked_fixture(tcase, drop_handlers, NULL);
	add(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	out = divert();
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	nfailed = srunner_ntests_failed(runner);
	srunner_free(runner);
	restore(out);
	return nfailed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
