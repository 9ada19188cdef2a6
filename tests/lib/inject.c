/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <endian.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "sandbox/kernel.h"
#include "inject.h"

#define ARG0_LOW                                                               \
	(offsetof(struct seccomp_data, args) +                                 \
	    (BYTE_ORDER == BIG_ENDIAN ? sizeof(uint32_t) : 0))

static bool injected;

/* A leak checker calls it at the end (sanitizer/lsan_interface.h): it makes
 * system calls itself. */
int
__lsan_is_turned_off(void)
{
	return injected;
}

int
inject(long nr, long arg0, int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG0_LOW),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)arg0, 0,
		    arg0 == INJECT_ANY ? 0 : 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	injected = true;
	/* Root needs no no_new_privs for this, and is not to have it here. */
	if (geteuid() != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

const char *
inject_lack(void)
{
	return kernel_seccomp() == 0 ? "this kernel is without seccomp" : NULL;
}

const char *
inject_lack_memory(void)
{
	return WIDE_SANDBOX ? "a sanitizer gets memory itself" : inject_lack();
}
