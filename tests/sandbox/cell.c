/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ipc/builtin.h"
#include "sandbox/cell.h"
#include "sandbox/profile.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

struct confined *cell_result;
char cell_root[64];
int cell_status = -1;
pid_t cell_victim;

static void
add_filter(struct settings_builder *b, enum profile p)
{
	const struct sock_filter *f;
	struct settings_ref r;
	size_t n;

	if (!profile_available() || p == PROFILE_NONE)
		return;
	ck_assert_ptr_nonnull(f = profile_build(p, &n));
	r = settings_add_bytes(b, f, sizeof(*f), n);
	settings_of(b)->seccomp = r;
}

struct settings_builder *
cell_service(int builtin, enum sandbox sandbox)
{
	static const uint32_t groups[] = { 12345, 77, CELL_SOMEBODY };
	struct settings_builder *b = settings_new("test");
	struct settings_ref r;

	ck_assert_ptr_nonnull(b);
	r = settings_add_bytes(b, groups, sizeof(groups[0]), NELEMS(groups));
	settings_of(b)->groups = r;
	settings_of(b)->builtin = builtin;
	settings_of(b)->sandbox = sandbox;
	settings_of(b)->change_ids = 1;
	settings_of(b)->uid = CELL_SOMEBODY;
	settings_of(b)->gid = CELL_SOMEBODY;
	add_filter(b, profile_choose(builtin != BUILTIN_NONE, sandbox, false));
	return b;
}

struct settings_builder *
cell_echo(void)
{
	return cell_service(BUILTIN_echo, SANDBOX_OFF);
}

void
cell_chroot(struct settings_builder *b, const char *path)
{
	struct settings_ref r = settings_add_string(b, path);

	settings_of(b)->chroot = r;
}

void
cell_directory(struct settings_builder *b, const char *path)
{
	struct settings_ref r = settings_add_string(b, path);

	settings_of(b)->directory = r;
}

static void
make_root(void)
{
	char command[512];

	snprintf(cell_root, sizeof(cell_root), "/tmp/check_confine.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(cell_root));
	snprintf(command, sizeof(command),
	    "cd %s && chmod 755 . && mkdir tmp data closed && chmod 1777 tmp "
	    "data && chmod 700 closed && echo inside >file",
	    cell_root);
	ck_assert_int_eq(system(command), 0);
}

void
cell_set_up(void)
{
	cell_result = mmap(NULL, sizeof(*cell_result), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(cell_result, MAP_FAILED);
	make_root();
	if ((cell_victim = fork()) == 0) {
		if (setresuid(CELL_SOMEBODY, CELL_SOMEBODY, CELL_SOMEBODY) == 0)
			pause();
		_exit(0);
	}
	ck_assert_int_ne(cell_victim, -1);
}

void
cell_tear_down(void)
{
	char command[128];

	kill(cell_victim, SIGKILL);
	waitpid(cell_victim, NULL, 0);
	snprintf(command, sizeof(command), "rm -r '%s'", cell_root);
	ck_assert_int_eq(system(command), 0);
}

int
cell_lock(const void *arg)
{
	cell_status = open("/proc/self/status", O_RDONLY);
	if (confine(arg, cell_result) == NULL)
		return 0;
	errno = ECANCELED;
	return -1;
}

void
cell_expect(struct settings_builder *b, const struct attempt *attempts,
    size_t n)
{
	const char *report = cage_try(cell_lock, settings_of(b), attempts, n);

	ck_assert_msg(report == NULL, "%s (%s)", report, cell_result->error);
	settings_free(b);
}

const char *
cell_error_of(struct settings_builder *b, int (*spoil)(const void *),
    const void *arg)
{
	pid_t pid;
	int status;

	cell_result->error[0] = '\0';
	if ((pid = fork()) == 0) {
		if (spoil != NULL && spoil(arg) == -1)
			_exit(2);
		_exit(confine(settings_of(b), cell_result) == NULL ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) != 2,
	    "the child ended with %d", status);
	ck_assert_int_eq(WEXITSTATUS(status), cell_result->error[0] != '\0');
	settings_free(b);
	return cell_result->error;
}

long
cell_become_root(void)
{
	return syscall(SYS_setresuid, 0, 0, 0);
}

long
cell_read_outside(void)
{
	return open("/etc/passwd", O_RDONLY);
}

int
cell_main(const char *name, void (*add)(TCase *))
{
	if (geteuid() != 0) {
		puts("1..0 # SKIP not root: there is nothing to take away");
		return 0;
	}
	if (kernel_landlock() < 1) {
		puts("1..0 # SKIP this kernel has no Landlock");
		return 0;
	}
	return runner_main(name, add);
}
