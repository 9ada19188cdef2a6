/* SPDX-License-Identifier: ISC */
/* What the probe tries with modes of files. */
#include "config.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <unistd.h>

#include "behaviour/probe.h"

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

void
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
