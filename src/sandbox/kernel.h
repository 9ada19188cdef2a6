/* SPDX-License-Identifier: ISC */
/*
 * Which parts of a sandbox this kernel supports.  Main asks when it checks the
 * configuration, an acceptor before it confines itself.
 */
#ifndef TINED_SANDBOX_KERNEL_H
#define TINED_SANDBOX_KERNEL_H

#include <sys/syscall.h>

#include <stdbool.h>
#include <stddef.h>

#include "ipc/settings.h"

/* Missing in older headers.  The numbers are the same on all architectures but
 * two, where such headers mean that there is no Landlock: ENOSYS. */
#ifndef SYS_landlock_create_ruleset
#if defined(__alpha__) || defined(__mips__)
#define SYS_landlock_create_ruleset (-1)
#define SYS_landlock_add_rule       (-1)
#define SYS_landlock_restrict_self  (-1)
#else
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif
#endif

#define KERNEL_LACKS_MAX 256

/*
 * Landlock's ABI: 1 or more; 0 where the kernel has none or it is switched
 * off; -1 with errno on another error.
 * https://docs.kernel.org/userspace-api/landlock.html
 */
int kernel_landlock(void);

/* Whether system calls can be filtered: 1, 0, or -1 with errno. */
int kernel_seccomp(void);

/*
 * Writes which parts of a sandbox the kernel does not support, "a, b", the empty
 * string when it supports all.  builtin: of the sandbox of built-in services,
 * whatever sandbox says.  Returns buf.
 */
char *kernel_lacks(bool builtin, enum sandbox sandbox, char *buf, size_t size);

/* Appends one to such a list. */
void kernel_lack(char *buf, size_t size, const char *what);

#endif
