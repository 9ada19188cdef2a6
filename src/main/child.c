/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "main/child.h"

bool
child_is_stopped(pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };
	const int how = WSTOPPED | WNOHANG | WNOWAIT;

	return waitid(P_PID, (id_t)pid, &si, how) == 0 && si.si_pid == pid;
}

bool
child_is_traced(pid_t pid)
{
	static const char key[] = "\nTracerPid:\t";
	char path[32], text[4096];
	const char *at;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	n = io_read_all(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, key);
	return at != NULL && at[strlen(key)] != '0';
}
