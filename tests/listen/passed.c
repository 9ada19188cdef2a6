/* SPDX-License-Identifier: ISC */
/* Descriptors as systemd passes them. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <stdlib.h>

#include "listen/inherited.h"
#include "listen/passed.h"
#include "runner.h"

struct failure passed_err;
struct listener_list passed_out = TAILQ_HEAD_INITIALIZER(passed_out);
int passed_nfds;

void
pass(int fd)
{
	int to = 3 + passed_nfds++;

	MUST(fd != -1);
	if (fd != to) {
		MUST(dup2(fd, to) == to);
		close(fd);
	}
}

int
tcp(bool listening)
{
	struct sockaddr_storage ss;
	struct addr a;
	socklen_t len;
	int fd;

	MUST(addr_from_ip("127.0.0.1", &a) == 0);
	a.port = 0;
	len = addr_to_sockaddr(&a, &ss);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	MUST(bind(fd, (struct sockaddr *)&ss, len) == 0);
	MUST(!listening || listen(fd, 5) == 0);
	return fd;
}

int
unix_stream(const char *path)
{
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un(path, &sun);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	MUST(bind(fd, (struct sockaddr *)&sun, len) == 0);
	MUST(listen(fd, 5) == 0);
	return fd;
}

int
passed_init(const char *names)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("LISTEN_PID", text, 1);
	snprintf(text, sizeof(text), "%d", passed_nfds);
	setenv("LISTEN_FDS", text, 1);
	if (names != NULL)
		setenv("LISTEN_FDNAMES", names, 1);
	else
		unsetenv("LISTEN_FDNAMES");
	return inherited_init(&passed_err);
}

int
open_name(const char *text)
{
	struct service_conf *sc = fixture_conf(text, NULL);
	int rc = fixture_open(sc, NULL, &passed_out, &passed_err);

	fixture_conf_free(sc);
	return rc;
}

bool
passed_connects(const struct listener *l)
{
	int fd = l->local.family == AF_UNIX ? fixture_connect_unix(l->path) :
					      fixture_connect(&l->local);

	if (fd == -1)
		return false;
	close(fd);
	return true;
}

void
run_case(void (*run)(void))
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
