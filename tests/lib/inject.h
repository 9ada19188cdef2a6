/* SPDX-License-Identifier: ISC */
/*
 * Makes a system call fail in this process from now on, as strace(1) does with
 * -e inject, but without a tracer.
 */
#ifndef TINED_TESTS_LIB_INJECT_H
#define TINED_TESTS_LIB_INJECT_H

#define INJECT_ANY (-1L)

/*
 * System call nr fails with error, if its first argument (32 bits) is arg0 or
 * arg0 is INJECT_ANY.  0, or -1 with errno.
 */
int inject(long nr, long arg0, int error);
int __lsan_is_turned_off(void);

/* Why it cannot be done here, or NULL where it can. */
const char *inject_lack(void);

/* The same for calls that get memory: sanitizers make them, too. */
const char *inject_lack_memory(void);

#endif
