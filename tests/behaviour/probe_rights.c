/* SPDX-License-Identifier: ISC */
/* What the probe tries with the rights of its process. */
#include "config.h"

#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <unistd.h>

#include "behaviour/probe.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

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
do_personality(int persona)
{
	return personality((unsigned int)persona);
}

static int
do_memfd(int flags)
{
	return memfd_create("probe", (unsigned int)flags);
}

/* A copy of true in memory. */
static int
do_memfd_execute(int flags)
{
	char *argv[] = { (char *)"true", NULL }, *envp[] = { NULL };
	static char buf[65536];
	int fd = memfd_create("probe", (unsigned int)flags);
	int from = open("/bin/true", O_RDONLY);
	ssize_t n;

	if (fd == -1 || from == -1)
		return -1;
	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write(fd, buf, (size_t)n) != n)
			return -1;
	return fexecve(fd, argv, envp);
}

/* The same page twice: one to write, one to execute. */
static int
map_twice(int fd)
{
	void *data, *code;

	if (fd == -1 || ftruncate(fd, 4096) == -1)
		return -1;
	data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	return data == MAP_FAILED || code == MAP_FAILED ? -1 : 0;
}

static int
do_memfd_map(int flags)
{
	return map_twice(memfd_create("probe", (unsigned int)flags));
}

static int
do_file_map(int mode)
{
	return map_twice(open(at("inside/code"), O_CREAT | O_RDWR, mode));
}

static int
do_tmp_map(int mode)
{
	char path[TMP_ROOM];
	int fd;

	snprintf(path, sizeof(path), "/tmp/tined-probe.%d", (int)getpid());
	fd = open(path, O_CREAT | O_RDWR, mode);
	if (fd != -1)
		unlink(path);
	return map_twice(fd);
}

static int
do_own_memory(int flags)
{
	return open("/proc/self/mem", flags);
}

void
try_rights(void)
{
	try("setuid 0", do_setuid, 0);
	try("setgroups", do_setgroups, 0);
	try("raise core", do_core, 4096);
	try("write and execute", do_mmap, PROT_READ | PROT_WRITE | PROT_EXEC);
	try("make executable", do_mprotect, PROT_READ | PROT_EXEC);
	try("ask for personality", do_personality, -1);
	try("personality exec", do_personality, READ_IMPLIES_EXEC);
	try("memfd", do_memfd, 0);
	try("memfd noexec", do_memfd, MFD_NOEXEC_SEAL);
	try("memfd execute", do_memfd_execute, 0);
	try("memfd map twice", do_memfd_map, 0);
	try("file map twice", do_file_map, 0700);
	try("tmp map twice", do_tmp_map, 0700);
	try("own memory", do_own_memory, O_RDWR);
#ifdef __x86_64__
	try("32-bit", do_32bit, 20);
	try("x32", do_x32, SYS_getpid);
#endif
}
