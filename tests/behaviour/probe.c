/* SPDX-License-Identifier: ISC */
/*
 * A program that tries what a sandbox takes away, and prints a line for each
 * thing: its name and "ok" or the errno.  Each is tried in a child of its own,
 * with arguments that do no harm where nothing is taken away.
 *
 *	probe DIRECTORY, with a process id and a TCP port on standard input
 *
 * The directory has inside/ and outside/, each with a file, and a Unix socket.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NELEMS(array) (sizeof(array) / sizeof((array)[0]))

/* The same numbers on every architecture, and newer than some libc. */
#define NR_IO_URING_SETUP 425
#define NR_CLONE3         435
#define NR_OPENAT2        437
#define NR_PIDFD_GETFD    438
#define NR_FCHMODAT2      452
#define NR_OPEN_TREE      428
#define NR_FSOPEN         430
#define NR_UNKNOWN        600
#define NR_UNKNOWN_LAST   1000

#define NO_PID   0x7ffffffeL
#define NOWHERE  (long)"/nonexistent/x"
#define TMP_ROOM 64

static const char *directory;
static int other_pid, tcp_port;

/* Calls whose arguments are all wrong: who gets as far as that may call. */
static const struct call {
	const char *name;
	long nr;
	long arg[5];
} calls[] = {
	{ "mount", SYS_mount, { 0, NOWHERE, 0, 0, 0 } },
	{ "umount2", SYS_umount2, { NOWHERE, 0 } },
	{ "pivot_root", SYS_pivot_root, { NOWHERE, NOWHERE } },
	{ "open_tree", NR_OPEN_TREE, { -1, NOWHERE, -1 } },
	{ "fsopen", NR_FSOPEN, { 0, -1 } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { -1, 0, 0 } },
	{ "setns", SYS_setns, { -1, 0 } },
	{ "init_module", SYS_init_module, { 0, 0, 0 } },
	{ "finit_module", SYS_finit_module, { -1, 0, 0 } },
	{ "delete_module", SYS_delete_module, { 0, 0 } },
	{ "kexec_load", SYS_kexec_load, { 0, 0, 0, -1 } },
	{ "bpf", SYS_bpf, { -1, 0, 0 } },
	{ "perf_event_open", SYS_perf_event_open, { 0, 0, -1, -1, -1 } },
	{ "quotactl", SYS_quotactl, { -1, 0, 0, 0 } },
	{ "acct", SYS_acct, { NOWHERE } },
	{ "swapon", SYS_swapon, { NOWHERE, 0 } },
	{ "swapoff", SYS_swapoff, { NOWHERE } },
	{ "reboot", SYS_reboot, { 0, 0, 0, 0 } },
	{ "sethostname", SYS_sethostname, { 0, -1 } },
	{ "syslog", SYS_syslog, { -1, 0, 0 } },
	{ "adjtimex", SYS_adjtimex, { 0 } },
	{ "clock_settime", SYS_clock_settime, { 0, 0 } },
	{ "settimeofday", SYS_settimeofday, { 1, 0 } },
	{ "ptrace", SYS_ptrace, { 16, NO_PID, 0, 0 } },
	{ "process_vm_readv", SYS_process_vm_readv, { NO_PID, 0, 0, 0, 0 } },
	{ "kcmp", SYS_kcmp, { NO_PID, NO_PID, 0, 0, 0 } },
	{ "pidfd_getfd", NR_PIDFD_GETFD, { -1, -1, 0 } },
	{ "userfaultfd", SYS_userfaultfd, { -1 } },
	{ "add_key", SYS_add_key, { 1, 0, 0, 0, 0 } },
	{ "keyctl", SYS_keyctl, { -1, 0, 0, 0, 0 } },
	{ "fanotify_init", SYS_fanotify_init, { -1, -1 } },
	{ "io_uring_setup", NR_IO_URING_SETUP, { 0, 0 } },
	{ "clone3", NR_CLONE3, { 0, 0 } },
	{ "openat2", NR_OPENAT2, { -1, 0, 0, 0 } },
	{ "fchmodat2", NR_FCHMODAT2, { -1, NOWHERE, 0, 0 } },
	{ "chroot", SYS_chroot, { NOWHERE } },
	{ "ioctl TIOCSTI", SYS_ioctl, { 0, TIOCSTI, 0 } },
	{ "ioctl TIOCSTI, upper bits", SYS_ioctl,
	    { 0, (long)(1ULL << 40 | TIOCSTI), 0 } },
	{ "ioctl TIOCLINUX", SYS_ioctl, { 0, TIOCLINUX, 0 } },
	{ "ioctl FIONREAD", SYS_ioctl, { 0, FIONREAD, 0 } },
};

static const struct {
	const char *name;
	int flag;
} namespaces[] = {
	{ "mount", CLONE_NEWNS },
	{ "cgroup", CLONE_NEWCGROUP },
	{ "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },
	{ "user", CLONE_NEWUSER },
	{ "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET },
};

static const char *
at(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

/* Runs a try in a child and prints what has become of it. */
static void
try(const char *name, int (*what)(int), int arg)
{
	int status;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0)
		_exit(what(arg) == -1 ? errno : 0);
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		printf("%s: no child\n", name);
	else if (WIFSIGNALED(status))
		printf("%s: signal %d\n", name, WTERMSIG(status));
	else
		printf("%s: %s\n", name,
		    WEXITSTATUS(status) == 0 ?
			"ok" :
			strerrorname_np(WEXITSTATUS(status)));
}

static int
do_call(int i)
{
	const struct call *c = &calls[i];

	return (int)syscall(c->nr, c->arg[0], c->arg[1], c->arg[2], c->arg[3],
	    c->arg[4]);
}

static int
do_unknown(int nr)
{
	for (; nr <= NR_UNKNOWN_LAST; nr++)
		if (syscall(nr, 0, 0, 0, 0, 0) != -1 || errno != ENOSYS)
			return -1;
	errno = ENOSYS;
	return -1;
}

static int
do_unshare(int i)
{
	return unshare(namespaces[i].flag);
}

static int
do_clone(int i)
{
	long pid = syscall(SYS_clone, (long)(SIGCHLD | namespaces[i].flag), 0L,
	    0L, 0L, 0L);

	if (pid == 0)
		_exit(0);
	return pid == -1 ? -1 : 0;
}

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
do_chmod(int mode)
{
	return chmod(at("inside/file"), (mode_t)mode);
}

static int
do_fchmod(int mode)
{
	return fchmod(open(at("inside/file"), O_RDONLY), (mode_t)mode);
}

static int
do_fchmodat(int mode)
{
	return (int)syscall(SYS_fchmodat, AT_FDCWD, at("inside/file"), mode);
}

static int
do_create(int mode)
{
	(void)unlink(at("inside/new"));
	return openat(AT_FDCWD, at("inside/new"), O_CREAT | O_WRONLY | O_EXCL,
	    mode);
}

static int
do_tmpfile(int mode)
{
	return open(at("inside"), O_TMPFILE | O_WRONLY, mode);
}

static int
do_mkdir(int mode)
{
	(void)rmdir(at("inside/dir"));
	return mkdir(at("inside/dir"), (mode_t)mode);
}

static int
do_mknod(int mode)
{
	(void)unlink(at("inside/node"));
	return mknod(at("inside/node"), (mode_t)(S_IFIFO | mode), 0);
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
do_socket(int family)
{
	return socket(family, family == AF_NETLINK ? SOCK_RAW : SOCK_DGRAM, 0);
}

static int
do_packet(int family)
{
	return socket(family, SOCK_RAW, 0);
}

/* Of a loopback address: TCP or UDP. */
static int
inet(int type, int port, int (*call)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((uint16_t)port);
	return call(socket(AF_INET, type, 0), (struct sockaddr *)&sin,
	    sizeof(sin));
}

static int
do_bind(int type)
{
	return inet(type, 0, bind);
}

static int
do_connect(int type)
{
	return inet(type, tcp_port, connect);
}

static int
do_listen(int backlog)
{
	return listen(socket(AF_INET, SOCK_STREAM, 0), backlog);
}

static int
do_unix(int abstract)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int skip = abstract ? 1 : 0;
	size_t len;

	len = (size_t)snprintf(un.sun_path + skip,
	    sizeof(un.sun_path) - (size_t)skip, "%s",
	    abstract ? directory : at("socket"));
	return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
		(size_t)skip));
}

static int
do_kill(int pid)
{
	return kill(pid, 0);
}

static int
do_execute(int arg)
{
	char *argv[] = { (char *)"true", NULL };

	(void)arg;
	return execve("/bin/true", argv, NULL);
}

static const char *const places[] = { "inside", "outside" };

static int
do_read(int i)
{
	char path[TMP_ROOM];

	snprintf(path, sizeof(path), "%s/file", places[i]);
	return open(at(path), O_RDONLY);
}

static int
do_write(int i)
{
	char path[TMP_ROOM];

	snprintf(path, sizeof(path), "%s/file", places[i]);
	return open(at(path), O_WRONLY);
}

static int
do_truncate(int i)
{
	char path[TMP_ROOM];

	snprintf(path, sizeof(path), "%s/file", places[i]);
	return truncate(at(path), 0);
}

static int
do_make(int i)
{
	char path[TMP_ROOM];

	snprintf(path, sizeof(path), "%s/made", places[i]);
	return mkdir(at(path), 0700);
}

static int
do_remove(int i)
{
	char path[TMP_ROOM];

	snprintf(path, sizeof(path), "%s/spare", places[i]);
	return unlink(at(path));
}

static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full",
	"/dev/random", "/dev/urandom" };

static int
do_device(int i)
{
	return open(devices[i], O_RDWR);
}

/* Whether the system's /tmp is seen. */
static int
do_tmp_seen(int arg)
{
	const char *marker = getenv("MARKER");

	(void)arg;
	return marker == NULL ? -1 : access(marker, F_OK);
}

static int
do_tmp_write(int arg)
{
	char path[TMP_ROOM];

	(void)arg;
	snprintf(path, sizeof(path), "/tmp/tined-probe.%d", (int)getpid());
	if (mkdir(path, 0700) == -1)
		return -1;
	return rmdir(path);
}

static void
try_files(void)
{
	char name[TMP_ROOM];
	int i;

	for (i = 0; i < (int)NELEMS(places); i++) {
		const struct {
			const char *verb;
			int (*what)(int);
		} verbs[] = { { "read", do_read }, { "write", do_write },
			{ "truncate", do_truncate }, { "mkdir", do_make },
			{ "unlink", do_remove } };
		size_t j;

		for (j = 0; j < NELEMS(verbs); j++) {
			snprintf(name, sizeof(name), "%s %s", verbs[j].verb,
			    places[i]);
			try(name, verbs[j].what, i);
		}
	}
	for (i = 0; i < (int)NELEMS(devices); i++)
		try(devices[i], do_device, i);
	try("see /tmp", do_tmp_seen, 0);
	try("write /tmp", do_tmp_write, 0);
	try("execute", do_execute, 0);
}

static void
try_suid(void)
{
	try("chmod 0755", do_chmod, 0755);
	try("chmod 04755", do_chmod, S_ISUID | 0755);
	try("chmod 02755", do_chmod, S_ISGID | 0755);
	try("fchmod 04755", do_fchmod, S_ISUID | 0755);
	try("fchmodat 04755", do_fchmodat, S_ISUID | 0755);
	try("create 0755", do_create, 0755);
	try("create 04755", do_create, S_ISUID | 0755);
	try("tmpfile 0755", do_tmpfile, 0755);
	try("tmpfile 04755", do_tmpfile, S_ISUID | 0755);
	try("mkdir 02755", do_mkdir, S_ISGID | 0755);
	try("mknod 04755", do_mknod, S_ISUID | 0755);
}

static void
try_network(void)
{
	try("socket unix", do_socket, AF_UNIX);
	try("socket inet6", do_socket, AF_INET6);
	try("socket netlink", do_socket, AF_NETLINK);
	try("socket packet", do_packet, AF_PACKET);
	try("socket alg", do_packet, AF_ALG);
	try("tcp bind", do_bind, SOCK_STREAM);
	try("tcp listen", do_listen, 1);
	try("tcp connect", do_connect, SOCK_STREAM);
	try("udp bind", do_bind, SOCK_DGRAM);
	try("udp connect", do_connect, SOCK_DGRAM);
	try("unix connect", do_unix, 0);
	try("abstract connect", do_unix, 1);
}

static void
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

static void
print_status(void)
{
	static const char *const wanted[] = { "Cap",
		"NoNewPrivs:", "Groups:", "Uid:", "Gid:", "Seccomp:" };
	char line[4096];
	size_t i;
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		for (i = 0; i < NELEMS(wanted); i++)
			if (strncmp(line, wanted[i], strlen(wanted[i])) == 0)
				fputs(line, stdout);
	if (f != NULL)
		fclose(f);
}

int
main(int argc, char *argv[])
{
	char name[TMP_ROOM];
	size_t i;

	if (argc != 2 || scanf("%d %d", &other_pid, &tcp_port) != 2)
		return 2;
	directory = argv[1];
	umask(0);
	for (i = 0; i < NELEMS(calls); i++)
		try(calls[i].name, do_call, (int)i);
	try("unknown numbers", do_unknown, NR_UNKNOWN);
	for (i = 0; i < NELEMS(namespaces); i++) {
		snprintf(name, sizeof(name), "unshare %s", namespaces[i].name);
		try(name, do_unshare, (int)i);
		snprintf(name, sizeof(name), "clone %s", namespaces[i].name);
		try(name, do_clone, (int)i);
	}
	try_rights();
	try_suid();
	try_files();
	try_network();
	print_status();
	return 0;
}
