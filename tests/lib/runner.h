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

#endif
