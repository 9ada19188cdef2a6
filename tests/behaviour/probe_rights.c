/* SPDX-License-Identifier: ISC */
/* What the probe tries with the rights of its process. */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <unistd.h>

#include "behaviour/probe.h"

#ifdef __x86_64__
/* getpid as a program of 32 bits calls it. */
static int
do_32bit(int nr)
{
	long result = nr;

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	if (result >= 0)
		return 0;
	errno = (int)-result;
	return -1;
}

static int
do_x32(int nr)
{
	return (int)syscall(0x40000000L + nr, 0, 0, 0);
}
#endif

static int
do_setuid(int uid)
{
	return setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid);
}

static int
do_setgroups(int gid)
{
	gid_t group = (gid_t)gid;

	return setgroups(1, &group);
}

static int
do_core(int limit)
{
	const struct rlimit rl = { (rlim_t)limit, (rlim_t)limit };

	return setrlimit(RLIMIT_CORE, &rl);
}

static int
do_mmap(int protection)
{
	return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   0) == MAP_FAILED ?
	    -1 :
	    0;
}

static int
do_mprotect(int protection)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, protection);
}

static int
do_kill(int pid)
{
	return kill(pid, 0);
}

void
try_rights(void)
{
	try("setuid 0", do_setuid, 0);
	try("setgroups", do_setgroups, 0);
	try("raise core", do_core, 4096);
	try("kill self", do_kill, getpid());
	try("kill other", do_kill, other_pid);
	try("write and execute", do_mmap, PROT_READ | PROT_WRITE | PROT_EXEC);
	try("make executable", do_mprotect, PROT_READ | PROT_EXEC);
#ifdef __x86_64__
	try("32-bit", do_32bit, 20);
	try("x32", do_x32, SYS_getpid);
#endif
}
