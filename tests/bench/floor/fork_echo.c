/* SPDX-License-Identifier: ISC */
/*
 * The floor of a fork for each connection: accept, fork, echo, exit, and not
 * one system call more.  Built without libc, as a static-pie with it, and, for
 * bulk, with larger buffers.
 */
#include "floor.h"

#ifndef FLOOR_BUFFER
#define FLOOR_BUFFER 4096
#endif

int
main(void)
{
	int lfd, fd;

	if ((lfd = floor_listen()) == -1)
		return 1;
	for (;;) {
		if ((fd = (int)floor_accept(lfd)) < 0)
			continue;
		if (floor_fork() == 0) {
			floor_close(lfd);
			FLOOR_ECHO(fd, fd, FLOOR_BUFFER);
			floor_exit();
		}
		floor_close(fd);
		while (floor_reap() > 0)
			;
	}
}
