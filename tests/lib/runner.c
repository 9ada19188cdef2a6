/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>

#include "runner.h"

/* A sanitized program on a busy machine needs more than Check's 4 s. */
#define TEST_SECONDS 30

int
runner_main(const char *name, void (*add)(TCase *))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int nfailed;

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
