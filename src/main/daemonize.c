/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/stdfds.h"
#include "main/daemonize.h"

/* Exits with the status that the daemon reports through the pipe, or with the one
 * it has ended with. */
static void __attribute__((noreturn)) wait_until_ready(int fd, pid_t child)
{
	unsigned char code;
	sigset_t none;
	int status;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (io_read(fd, &code, 1) == 1)
		_exit(code);
	(void)io_waitpid(child, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EX_OSERR);
}

int
daemonize(void)
{
	int pfd[2];
	pid_t pid;

	if (pipe2(pfd, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid > 0) {
		close(pfd[1]);
		wait_until_ready(pfd[0], pid);
	}
	close(pfd[0]);
	setsid();
	if (chdir("/") == -1)
		return -1;
	return pfd[1];
}

void
daemonize_ready(int fd, bool keep_stderr)
{
	unsigned char ok = 0;

	(void)stdfds_null(keep_stderr ? STDOUT_FILENO : STDERR_FILENO);
	io_write_all(fd, &ok, 1);
	close(fd);
}
