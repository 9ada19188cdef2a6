/* SPDX-License-Identifier: ISC */
/* The floor of refusing: accept and close, nothing else. */
#include "floor.h"

int
main(void)
{
	int lfd, fd;

	if ((lfd = floor_listen()) == -1)
		return 1;
	for (;;)
		if ((fd = (int)floor_accept(lfd)) >= 0)
			floor_close(fd);
}
