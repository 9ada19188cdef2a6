/* SPDX-License-Identifier: ISC */
/*
 * The floor of a program for each connection: accept, vfork, dup2, execve.
 *
 *	vfork_exec program [argument...]
 */
#include "floor.h"

int
main(int argc, char **argv)
{
	static char *const environment[] = { NULL };
	int lfd, fd;

	if (argc < 2 || (lfd = floor_listen()) == -1)
		return 1;
	for (;;) {
		if ((fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC)) == -1)
			continue;
		if (vfork() == 0) {
			dup2(fd, 0);
			dup2(fd, 1);
			execve(argv[1], argv + 1, environment);
			_exit(127);
		}
		close(fd);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}
