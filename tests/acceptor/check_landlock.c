/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/landlock.h"
#include "base/kernel.h"
#include "cage.h"
#include "inject.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define ABI_NET   4
#define ABI_SCOPE 6

static char dir[64];     /* of this test, not writable */
static char data[96];    /* directory: writable by being set */
static char extra[96];   /* writable by being listed */
static char listed[128]; /* a file that is listed */
static pid_t victim;
static in_port_t port;   /* of a TCP listener, network order */
static int outside = -1; /* an abstract listener */
static struct sockaddr_un abstract;
static socklen_t abstract_len;

static void
make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0666);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
}

static void
listen_on_tcp(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	int fd;

	ck_assert_int_ne(fd = socket(AF_INET, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	port = sin.sin_port;
}

static void
listen_on_abstract(void)
{
	abstract.sun_family = AF_UNIX;
	abstract_len = sizeof(abstract);
	ck_assert_int_ne(outside = socket(AF_UNIX, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(bind(outside, (struct sockaddr *)&abstract,
			     sizeof(sa_family_t)),
	    0); /* autobind */
	ck_assert_int_eq(getsockname(outside, (struct sockaddr *)&abstract,
			     &abstract_len),
	    0);
	ck_assert_int_eq(listen(outside, 5), 0);
}

static void
set_up(void)
{
	snprintf(dir, sizeof(dir), "/tmp/check_landlock.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(data, sizeof(data), "%s/data", dir);
	snprintf(extra, sizeof(extra), "%s/extra", dir);
	snprintf(listed, sizeof(listed), "%s/listed", dir);
	ck_assert_int_eq(mkdir(data, 0777), 0);
	ck_assert_int_eq(mkdir(extra, 0777), 0);
	make_file(listed);
	listen_on_tcp();
	listen_on_abstract();
	if ((victim = fork()) == 0) {
		signal(SIGTERM, SIG_DFL);
		pause();
		_exit(0);
	}
	ck_assert_int_ne(victim, -1);
}

static void
tear_down(void)
{
	char command[128];

	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	close(outside);
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

/* ---------------------------------------------------------------- attempts */

static long
opened(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	return fd == -1 ? -1 : close(fd);
}

static long
read_a_file(void)
{
	return opened("/etc/passwd", O_RDONLY);
}

static long
list_a_directory(void)
{
	return opened("/", O_RDONLY | O_DIRECTORY);
}

static long
execute(void)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(errno);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		return -1;
	errno = WEXITSTATUS(status);
	return status == 0 ? 0 : -1;
}

static long
create_elsewhere(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/new", dir);
	return opened(path, O_CREAT | O_WRONLY);
}

static long
create_in_directory(void)
{
	char path[160], other[160];

	snprintf(path, sizeof(path), "%s/new", data);
	snprintf(other, sizeof(other), "%s/newer", data);
	if (opened(path, O_CREAT | O_WRONLY | O_TRUNC) == -1 ||
	    rename(path, other) == -1)
		return -1;
	return unlink(other);
}

static long
make_below_writable(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/new", extra);
	if (mkdir(path, 0700) == -1)
		return -1;
	return rmdir(path);
}

static long
change_a_listed_file(void)
{
	return opened(listed, O_WRONLY | O_TRUNC);
}

static long
remove_a_listed_file(void)
{
	return unlink(listed);
}

static long
write_to_devices(void)
{
	if (opened("/dev/null", O_WRONLY | O_TRUNC) == -1 ||
	    opened("/dev/zero", O_RDWR) == -1)
		return -1;
	return opened("/dev/urandom", O_RDONLY);
}

static long
open_our_stderr(void)
{
	int fds[2];

	if (pipe(fds) == -1 || dup2(fds[1], 2) == -1)
		return -1;
	return opened("/dev/stderr", O_WRONLY);
}

static long
connect_tcp(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = port,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&sin,
	    sizeof(sin));
}

static long
bind_tcp(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&sin,
	    sizeof(sin));
}

static long
connect_abstract(void)
{
	return connect(socket(AF_UNIX, SOCK_STREAM, 0),
	    (struct sockaddr *)&abstract, abstract_len);
}

static long
signal_outside(void)
{
	return kill(victim, 0);
}

static long
signal_a_child(void)
{
	pid_t pid;

	if ((pid = fork()) == 0) {
		pause();
		_exit(0);
	}
	if (pid == -1 || kill(pid, SIGKILL) == -1)
		return -1;
	return waitpid(pid, NULL, 0);
}

static long
talk_on_what_is_open(void)
{
	return accept(outside, NULL, NULL) == -1 && errno == EAGAIN ? 0 : -1;
}

/* ------------------------------------------------------------------- tests */

static int abi; /* that the test pretends to have */

static int
lock_nothing(const void *arg)
{
	(void)fcntl(outside, F_SETFL, O_NONBLOCK);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return landlock_nothing(abi, *(const bool *)arg);
}

static int
lock_program(const void *arg)
{
	const char *noun;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return landlock_program(arg, abi, false, &noun);
}

static void
expect(cage_lock *lock, const void *arg, const struct attempt *attempts,
    size_t n)
{
	const char *report = cage_try(lock, arg, attempts, n);

	ck_assert_msg(report == NULL, "%s", report);
}

static struct spec_builder *
program(void)
{
	const char *writable[] = { extra, listed };
	struct spec_builder *b = spec_new("test");
	struct spec_ref r, d;

	ck_assert_ptr_nonnull(b);
	r = spec_add_list(b, writable, NELEMS(writable));
	d = spec_add_string(b, data);
	spec_of(b)->writable = r;
	spec_of(b)->directory = d;
	return b;
}

START_TEST(nothing_can_be_opened_or_executed)
{
	static const bool files = true;
	const struct attempt attempts[] = {
		{ "read a file", read_a_file, EACCES },
		{ "list a directory", list_a_directory, EACCES },
		{ "write to devices", write_to_devices, EACCES },
		{ "create", create_elsewhere, EACCES },
		{ "create", create_in_directory, EACCES },
		{ "execute", execute, EACCES },
		{ "signal a child", signal_a_child, 0 },
		{ "what is open", talk_on_what_is_open, 0 },
	};

	set_up();
	abi = kernel_landlock();
	expect(lock_nothing, &files, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(no_other_process_can_be_reached)
{
	const struct attempt attempts[] = {
		{ "TCP connect", connect_tcp, EACCES },
		{ "TCP bind", bind_tcp, EACCES },
		{ "abstract connect", connect_abstract,
		    abi >= ABI_SCOPE ? EPERM : 0 },
		{ "signal", signal_outside, abi >= ABI_SCOPE ? EPERM : 0 },
	};
	const bool files = _i != 0;

	set_up();
	expect(lock_nothing, &files, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(an_instrumented_build_keeps_its_files)
{
	static const bool files = false;
	const struct attempt attempts[] = {
		{ "read a file", read_a_file, 0 },
		{ "create", create_in_directory, 0 },
	};

	set_up();
	abi = kernel_landlock();
	expect(lock_nothing, &files, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(a_program_reads_everything_and_writes_what_is_listed)
{
	const struct attempt attempts[] = {
		{ "read a file", read_a_file, 0 },
		{ "list a directory", list_a_directory, 0 },
		{ "execute", execute, 0 },
		{ "write to devices", write_to_devices, 0 },
		{ "/dev/stderr", open_our_stderr, 0 },
		{ "create elsewhere", create_elsewhere, EACCES },
		{ "create in directory", create_in_directory, 0 },
		{ "mkdir below writable", make_below_writable, 0 },
		{ "change a listed file", change_a_listed_file, 0 },
		{ "remove a listed file", remove_a_listed_file, EACCES },
		{ "signal a child", signal_a_child, 0 },
	};
	struct spec_builder *b;

	set_up();
	abi = kernel_landlock();
	b = program();
	expect(lock_program, spec_of(b), attempts, NELEMS(attempts));
	spec_free(b);
	tear_down();
}
END_TEST

START_TEST(a_program_reaches_no_port_and_no_stranger)
{
	const struct attempt attempts[] = {
		{ "TCP connect", connect_tcp, abi >= ABI_NET ? EACCES : 0 },
		{ "TCP bind", bind_tcp, abi >= ABI_NET ? EACCES : 0 },
		{ "abstract connect", connect_abstract,
		    abi >= ABI_SCOPE ? EPERM : 0 },
		{ "signal", signal_outside, abi >= ABI_SCOPE ? EPERM : 0 },
	};
	struct spec_builder *b;

	set_up();
	b = program();
	expect(lock_program, spec_of(b), attempts, NELEMS(attempts));
	spec_free(b);
	tear_down();
}
END_TEST

/* Older kernels: what is asked for must be what they know. */
START_TEST(every_older_abi_still_closes_the_files)
{
	static const bool files = true;
	const struct attempt attempts[] = {
		{ "read a file", read_a_file, EACCES },
		{ "execute", execute, EACCES },
		{ "TCP connect", connect_tcp, _i >= ABI_NET ? EACCES : 0 },
		{ "signal", signal_outside, _i >= ABI_SCOPE ? EPERM : 0 },
	};

	set_up();
	abi = _i;
	expect(lock_nothing, &files, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(without_landlock_nothing_happens)
{
	static const bool files = true;
	const struct attempt attempts[] = {
		{ "read a file", read_a_file, 0 },
		{ "TCP connect", connect_tcp, 0 },
	};

	set_up();
	abi = 0;
	expect(lock_nothing, &files, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(a_path_that_is_not_there_is_named)
{
	const char *writable[] = { "/nowhere/at/all" };
	struct spec_builder *b = spec_new("test");
	const char *noun = NULL;
	struct spec_ref r;

	r = spec_add_list(b, writable, 1);
	spec_of(b)->writable = r;
	ck_assert_int_eq(landlock_program(spec_of(b), kernel_landlock(), false,
			     &noun),
	    -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(noun, "/nowhere/at/all");
	spec_free(b);
}
END_TEST

START_TEST(each_call_is_checked)
{
	static const long calls[] = { SYS_landlock_create_ruleset,
		SYS_landlock_add_rule, SYS_landlock_restrict_self };
	struct spec_builder *b = spec_new("test");
	const char *noun;

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	abi = kernel_landlock();
	ck_assert_int_eq(inject(calls[_i], INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(landlock_program(spec_of(b), abi, false, &noun), -1);
	ck_assert_int_eq(errno, ENOMEM);
	if (calls[_i] != SYS_landlock_add_rule) {
		ck_assert_int_eq(landlock_nothing(abi, true), -1);
		ck_assert_int_eq(errno, ENOMEM);
	}
	spec_free(b);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	abi = kernel_landlock();
	if (!WIDE_SANDBOX)
		tcase_add_test(tc, nothing_can_be_opened_or_executed);
	if (abi >= ABI_NET)
		tcase_add_loop_test(tc, no_other_process_can_be_reached, 0, 2);
	tcase_add_test(tc, an_instrumented_build_keeps_its_files);
	tcase_add_test(tc,
	    a_program_reads_everything_and_writes_what_is_listed);
	tcase_add_test(tc, a_program_reaches_no_port_and_no_stranger);
	tcase_add_loop_test(tc, every_older_abi_still_closes_the_files, 1,
	    abi + 1);
	tcase_add_test(tc, without_landlock_nothing_happens);
	tcase_add_test(tc, a_path_that_is_not_there_is_named);
	runner_add_loop(tc, lack, each_call_is_checked, 0, 3);
}

int
main(void)
{
	if (kernel_landlock() < 1) {
		puts("1..0 # SKIP this kernel has no Landlock");
		return 0;
	}
	return runner_main("landlock", add);
}
