/* SPDX-License-Identifier: ISC */
/* A path for each test of unixpath. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "listen/own_path.h"
#include "runner.h"

struct own own;

void
set_up(void)
{
	own.sc = fixture_conf(NULL, NULL);
	snprintf(own.path, sizeof(own.path), "%s/s", fixture_dir());
	snprintf(own.lock, sizeof(own.lock), "%s.lock", own.path);
	memset(&own.err, 0, sizeof(own.err));
}

void
tear_down(void)
{
	fixture_conf_free(own.sc);
	fixture_clean();
}

struct listener *
named(const char *name)
{
	struct listener *l = listener_new("unix");

	ck_assert_ptr_nonnull(l);
	l->local.family = AF_UNIX;
	strlcpy(l->path, name, sizeof(l->path));
	return l;
}

struct listener *
taken(void)
{
	struct listener *l = named(own.path);

	ck_assert_msg(unixpath_open(l, own.sc, &own.err) == 0, "%s",
	    own.err.text);
	return l;
}

void
assert_refused(bool busy, int exit_code, const char *reason)
{
	struct listener *l = named(own.path);
	int before = dup(1), after;

	close(before);
	ck_assert_int_eq(unixpath_open(l, own.sc, &own.err), -1);
	ck_assert_int_eq(own.err.busy, busy);
	ck_assert_int_eq(own.err.exit_code, exit_code);
	ck_assert_ptr_nonnull(strstr(own.err.text, own.path));
	ck_assert_ptr_nonnull(strstr(own.err.text, reason));
	ck_assert_int_eq(l->fd, -1);
	ck_assert_int_eq(l->place.lock, -1);
	listener_close(l);
	after = dup(1);
	ck_assert_int_eq(before, after);
	close(after);
}

int
foreign(int type, int backlog)
{
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un(own.path, &sun);
	int fd;

	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, len), 0);
	if (type != SOCK_DGRAM)
		ck_assert_int_eq(listen(fd, backlog), 0);
	return fd;
}

void
leave_stale(void)
{
	close(foreign(SOCK_STREAM, 1));
}

void
assert_serves(const char *name)
{
	int fd = fixture_connect_unix(name);

	ck_assert_int_ne(fd, -1);
	close(fd);
}
