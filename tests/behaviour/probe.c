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

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "behaviour/probe.h"

const char *directory;
int other_pid, tcp_port;

const char *
at(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

void
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
	if (argc != 2 || scanf("%d %d", &other_pid, &tcp_port) != 2)
		return 2;
	directory = argv[1];
	umask(0);
	try_calls();
	try_rights();
	try_suid();
	try_files();
	try_network();
	try_reach();
	print_status();
	return 0;
}
