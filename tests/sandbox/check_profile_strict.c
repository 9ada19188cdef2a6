/* SPDX-License-Identifier: ISC */
/*
 * What the strict sandbox takes besides what basic does; its sockets are in
 * check_profile_sockets.c.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/personality.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>

#include "sandbox/attempts.h"
#include "inject.h"
#include "runner.h"

CALL(sysfs_, SYS_sysfs, 99, 0, 0)
CALL(gap_, 400)
CALL(persona_query, SYS_personality, 0xffffffffUL)
CALL(persona_query_high, SYS_personality, -1L)
CALL(persona_usual, SYS_personality, 0)
CALL(persona_exec, SYS_personality, READ_IMPLIES_EXEC)
CALL(persona_exec_high, SYS_personality, HIGH | READ_IMPLIES_EXEC)
CALL(persona_no_query, SYS_personality, 0xffffffffUL & ~ADDR_NO_RANDOMIZE)
CALL(persona_last_bit, SYS_personality, 0x80000000UL)
CALL(persona_others, SYS_personality, 0x7fffffffUL)
CALL(persona_bsd, SYS_personality, PER_BSD)
CALL(memfd_, SYS_memfd_create, "x", 0)
CALL(memfd_noexec, SYS_memfd_create, "x", 8)
CALL(memfd_secret_, SYS_memfd_secret, 99)
CALL(shmget_, SYS_shmget, IPC_PRIVATE, 4096, 0600)
CALL(shmat_, SYS_shmat, -1, NULL, 0)
CALL(semget_, SYS_semget, IPC_PRIVATE, 1, 0600)
CALL(msgget_, SYS_msgget, IPC_PRIVATE, 0600)
CALL(mq_open_, SYS_mq_open, "check_profile", 0, 0, NULL)
CALL(lease_, SYS_fcntl, -1, F_SETLEASE, F_RDLCK)
CALL(lock_, SYS_fcntl, -1, F_SETLK, NULL)
CALL(chmod_, SYS_chmod, "/nowhere", 0600)
CALL(fchmod_, SYS_fchmod, -1, 0600)
CALL(fchmodat_, SYS_fchmodat, AT_FDCWD, "/nowhere", 0600)
CALL(chown_, SYS_chown, "/nowhere", -1, -1)
CALL(lchown_, SYS_lchown, "/nowhere", -1, -1)
CALL(fchown_, SYS_fchown, -1, -1, -1)
CALL(fchownat_, SYS_fchownat, AT_FDCWD, "/nowhere", -1, -1, 0)
CALL(utime_, SYS_utime, "/nowhere", NULL)
CALL(utimes_, SYS_utimes, "/nowhere", NULL)
CALL(futimesat_, SYS_futimesat, AT_FDCWD, "/nowhere", NULL)
CALL(utimensat_, SYS_utimensat, AT_FDCWD, "/nowhere", NULL, 0)
CALL(setxattr_, SYS_setxattr, "/nowhere", "user.x", "", 0, 0)
CALL(lsetxattr_, SYS_lsetxattr, "/nowhere", "user.x", "", 0, 0)
CALL(fsetxattr_, SYS_fsetxattr, -1, "user.x", "", 0, 0)
CALL(removexattr_, SYS_removexattr, "/nowhere", "user.x")
CALL(lremovexattr_, SYS_lremovexattr, "/nowhere", "user.x")
CALL(fremovexattr_, SYS_fremovexattr, -1, "user.x")
CALL(set_flags, SYS_ioctl, -1, FS_IOC_SETFLAGS, NULL)
CALL(set_flags_high, SYS_ioctl, -1, HIGH | FS_IOC_SETFLAGS, NULL)
CALL(set_xflags, SYS_ioctl, -1, FS_IOC_FSSETXATTR, NULL)
CALL(clone_file, SYS_ioctl, -1, FICLONE, NULL)

static const struct attempt strict_can[] = {
	{ "mmap, executable", mmap_exec, 0 },
	{ "personality, to ask", persona_query, 0 },
	{ "personality, -1", persona_query_high, 0 },
	{ "personality 0", persona_usual, 0 },
	{ "fcntl F_SETLK", lock_, EBADF },
	{ .what = NULL },
};

static const struct attempt strict_cannot[] = {
	{ "mmap, writable and executable", mmap_wx, EPERM },
	{ "mprotect, executable", mprotect_exec, EPERM },
	{ "personality READ_IMPLIES_EXEC", persona_exec, EPERM },
	{ "personality, high bits", persona_exec_high, EPERM },
	{ "personality, nearly the query", persona_no_query, EPERM },
	{ "personality, the highest bit", persona_last_bit, EPERM },
	{ "personality, all but that", persona_others, EPERM },
	{ "personality PER_BSD", persona_bsd, EPERM },
	{ "memfd_create", memfd_, EPERM },
	{ "memfd_create MFD_NOEXEC_SEAL", memfd_noexec, EPERM },
	{ "memfd_secret", memfd_secret_, EPERM },
	{ "shmget", shmget_, EPERM },
	{ "shmat", shmat_, EPERM },
	{ "semget", semget_, EPERM },
	{ "msgget", msgget_, EPERM },
	{ "mq_open", mq_open_, EPERM },
	{ "fcntl F_SETLEASE", lease_, EPERM },
	{ "chroot", chroot_, EPERM },
	{ "sysfs", sysfs_, EPERM },
	{ "a number between", gap_, EPERM },
	{ .what = NULL },
};

START_TEST(leaves_programs_what_they_need)
{
	expect(PROFILE_STRICT, works_always, programs_can, strict_can, NULL);
}
END_TEST

START_TEST(takes_more_than_basic)
{
	expect(PROFILE_STRICT, foreign_calls, unknown_calls, programs_cannot,
	    strict_cannot, NULL);
}
END_TEST

START_TEST(takes_attributes_where_nothing_may_be_written)
{
	static const struct attempt attempts[] = {
		{ "chmod", chmod_, EPERM },
		{ "fchmod", fchmod_, EPERM },
		{ "fchmodat", fchmodat_, EPERM },
		{ "chown", chown_, EPERM },
		{ "lchown", lchown_, EPERM },
		{ "fchown", fchown_, EPERM },
		{ "fchownat", fchownat_, EPERM },
		{ "utime", utime_, EPERM },
		{ "utimes", utimes_, EPERM },
		{ "futimesat", futimesat_, EPERM },
		{ "utimensat", utimensat_, EPERM },
		{ "setxattr", setxattr_, EPERM },
		{ "lsetxattr", lsetxattr_, EPERM },
		{ "fsetxattr", fsetxattr_, EPERM },
		{ "removexattr", removexattr_, EPERM },
		{ "lremovexattr", lremovexattr_, EPERM },
		{ "fremovexattr", fremovexattr_, EPERM },
		{ "FS_IOC_SETFLAGS", set_flags, ENOTTY },
		{ "FS_IOC_SETFLAGS, high bits", set_flags_high, ENOTTY },
		{ "FS_IOC_FSSETXATTR", set_xflags, ENOTTY },
		{ "FICLONE", clone_file, ENOTTY },
		{ .what = NULL },
	};

	expect(PROFILE_STRICT, attempts, NULL);
}
END_TEST

START_TEST(leaves_attributes_where_files_may_be_written)
{
	static const struct attempt attempts[] = {
		{ "fchmod, a file of its own", change_a_mode, 0 },
		{ "chmod", chmod_, ENOENT },
		{ "fchmodat", fchmodat_, ENOENT },
		{ "chown", chown_, ENOENT },
		{ "lchown", lchown_, ENOENT },
		{ "fchown", fchown_, EBADF },
		{ "fchownat", fchownat_, ENOENT },
		{ "utime", utime_, ENOENT },
		{ "utimes", utimes_, ENOENT },
		{ "futimesat", futimesat_, ENOENT },
		{ "utimensat", utimensat_, ENOENT },
		{ "setxattr", setxattr_, ENOENT },
		{ "lsetxattr", lsetxattr_, ENOENT },
		{ "fsetxattr", fsetxattr_, EBADF },
		{ "removexattr", removexattr_, ENOENT },
		{ "lremovexattr", lremovexattr_, ENOENT },
		{ "fremovexattr", fremovexattr_, EBADF },
		{ "FS_IOC_SETFLAGS", set_flags, EBADF },
		{ "FICLONE", clone_file, EBADF },
		{ .what = NULL },
	};

	expect(PROFILE_STRICT_WRITABLE, works_always, programs_can, strict_can,
	    attempts, NULL);
}
END_TEST

START_TEST(takes_the_rest_from_those_that_write_as_well)
{
	expect(PROFILE_STRICT_WRITABLE, foreign_calls, unknown_calls,
	    programs_cannot, strict_cannot, NULL);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	runner_add(tc, lack, leaves_programs_what_they_need);
	runner_add(tc, lack, takes_more_than_basic);
	runner_add(tc, lack, takes_attributes_where_nothing_may_be_written);
	runner_add(tc, lack, leaves_attributes_where_files_may_be_written);
	runner_add(tc, lack, takes_the_rest_from_those_that_write_as_well);
}

int
main(void)
{
	if (!profile_available()) {
		puts("1..0 # SKIP built without libseccomp");
		return 0;
	}
	return runner_main("profile_strict", add);
}
