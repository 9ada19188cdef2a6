/* SPDX-License-Identifier: ISC */
/*
 * The main() of a Check program: one suite with one test case, reported as
 * TAP on standard output.
 */
#ifndef TINED_TESTS_LIB_RUNNER_H
#define TINED_TESTS_LIB_RUNNER_H

#include <check.h>

/*
 * Runs what add puts into the test case, each test in a process of its own.
 * Returns main's exit status: not 0 when a test failed.
 */
int runner_main(const char *name, void (*add)(TCase *));

/*
 * For add: as tcase_add_test and tcase_add_loop_test, but where lack is not
 * NULL the test is reported as skipped, because of that.
 */
#define runner_add(tcase, lack, test) runner_add_loop(tcase, lack, test, 0, 1)
#define runner_add_loop(tcase, lack, test, from, to)                           \
	do {                                                                   \
		if ((lack) != NULL)                                            \
			runner_skip(#test, lack);                              \
		else                                                           \
			tcase_add_loop_test(tcase, test, from, to);            \
	} while (0)
void runner_skip(const char *test, const char *lack);

/* The lack that valgrind has, where this is run in the variant of that name;
 * NULL elsewhere. */
const char *runner_in_valgrind(const char *lack);

#endif
