/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "main/traced.h"

static const char field[] = "\nTracerPid:\t";

bool
is_traced(pid_t pid)
{
	char path[32], status[2048];
	const char *tracer;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	n = io_read_all(fd, status, sizeof(status) - 1);
	close(fd);
	if (n <= 0)
		return false;
	status[n] = '\0';
	tracer = strstr(status, field);
	return tracer != NULL &&
	    strtol(tracer + sizeof(field) - 1, NULL, 10) != 0;
}
