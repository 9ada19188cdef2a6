/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <signal.h>
#include <stdlib.h>

#include "base/sys.h"
#include "runner.h"

/* A sanitized program on a busy machine needs more than Check's 4 s. */
#define TEST_SECONDS 30

/* As main leaves them to an acceptor: nothing is ignored, whoever started the
 * test, and a session's end waits until somebody looks. */
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

int
runner_main(const char *name, void (*add)(TCase *))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int nfailed;

	set_signals();
	tcase_set_timeout(tcase, TEST_SECONDS);
	add(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	nfailed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return nfailed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
