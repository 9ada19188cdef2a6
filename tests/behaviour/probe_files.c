/* SPDX-License-Identifier: ISC */
/* What the probe tries with files and programs. */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "behaviour/probe.h"

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

static const char *
file(int i)
{
	char path[TMP_ROOM];

	snprintf(path, sizeof(path), "%s/file", places[i]);
	return at(path);
}

static int
do_mode(int i)
{
	return chmod(file(i), 0666);
}

static int
do_owner(int i)
{
	return chown(file(i), getuid(), getgid());
}

static int
do_times(int i)
{
	return utimensat(AT_FDCWD, file(i), NULL, 0);
}

static int
do_attribute(int i)
{
	return setxattr(file(i), "user.probe", "x", 1, 0);
}

static int
do_flags(int i)
{
	return ioctl(open(file(i), O_RDONLY), FS_IOC_SETFLAGS, NULL);
}

static int
do_lease(int i)
{
	return fcntl(open(file(i), O_RDONLY), F_SETLEASE, F_RDLCK);
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

void
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
			{ "unlink", do_remove }, { "chmod", do_mode },
			{ "chown", do_owner }, { "utime", do_times },
			{ "setxattr", do_attribute }, { "flags", do_flags },
			{ "lease", do_lease } };
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
