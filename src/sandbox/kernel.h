/* SPDX-License-Identifier: ISC */
/*
 * What this kernel has of what a sandbox is made of.  Main asks for its check
 * of the configuration, an acceptor before it confines itself.
 */
#ifndef TINED_BASE_KERNEL_H
#define TINED_BASE_KERNEL_H

#include <sys/syscall.h>

#include <stdbool.h>
#include <stddef.h>

#include "ipc/settings.h"

/* Of older headers; the numbers are those of all architectures but two. */
#if !defined(SYS_landlock_create_ruleset) && !defined(__alpha__) &&            \
    !defined(__mips__)
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

#define KERNEL_LACKS_MAX 256

/*
 * Landlock's ABI: 1 or more; 0 where the kernel has none or it is switched
 * off; -1 with errno when the kernel does not say.
 * https://docs.kernel.org/userspace-api/landlock.html
 */
int kernel_landlock(void);

/* Whether system calls can be filtered: 1, 0, or -1 with errno. */
int kernel_seccomp(void);

/*
 * Writes what a sandbox would use and the kernel does not have, "a, b", the
 * empty string when it has everything.  builtin: that of built-in services,
 * whatever sandbox says.  Returns buf.
 */
char *kernel_lacks(bool builtin, enum sandbox sandbox, char *buf, size_t size);

#endif
