/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <fcntl.h>

#include "base/io.h"
#include "base/stdfds.h"

int
stdfds_open(void)
{
	int fd;

	do {
		if ((fd = open("/dev/null", O_RDWR)) == -1)
			return -1;
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

int
stdfds_null(int last)
{
	int fd, null = open("/dev/null", O_RDWR | O_CLOEXEC), result = 0;

	if (null == -1)
		return -1;
	for (fd = 0; fd <= last; fd++)
		if (dup2(null, fd) == -1)
			result = -1;
	if (null > last)
		io_close(null);
	return result;
}
