/* SPDX-License-Identifier: ISC */
/* A single service. */
#include "config.h"

#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "listen/single.h"
#include "listen/tcpsock.h"
#include "runner.h"

struct listener_list single_held, single_out;
struct failure single_err;
char single_path[80], single_unix_text[96];

void
single_set_up(void)
{
	TAILQ_INIT(&single_held);
	TAILQ_INIT(&single_out);
	memset(&single_err, 0, sizeof(single_err));
}

void
single_set_up_paths(void)
{
	single_set_up();
	snprintf(single_path, sizeof(single_path), "%s/s", fixture_dir());
	snprintf(single_unix_text, sizeof(single_unix_text), "unix:%s",
	    single_path);
}

void
single_tear_down(void)
{
	fixture_close(&single_held);
	fixture_close(&single_out);
	if (single_path[0] != '\0')
		fixture_clean();
	single_path[0] = '\0';
}

int
open_into(struct listener_list *from, struct listener_list *list,
    const char *text, const char *other)
{
	struct service_conf *sc = fixture_conf(text, other, NULL);
	int rc;

	rc = fixture_open(sc, from, list, &single_err);
	fixture_conf_free(sc);
	return rc;
}

int
open_item(const char *text)
{
	return open_into(NULL, &single_out, text, NULL);
}

void
single_hold(const char *text)
{
	ck_assert_msg(open_into(NULL, &single_held, text, NULL) == 0, "%s",
	    single_err.text);
}

struct listener *
single_first(void)
{
	ck_assert_ptr_nonnull(TAILQ_FIRST(&single_out));
	return TAILQ_FIRST(&single_out);
}

uint16_t
free_port(void)
{
	struct listener_list list = TAILQ_HEAD_INITIALIZER(list);
	uint16_t port;

	(void)fixture_network(); /* where no other process takes it meanwhile */
	ck_assert_int_eq(open_into(NULL, &list, "*:0", NULL), 0);
	port = TAILQ_FIRST(&list)->local.port;
	fixture_close(&list);
	return port;
}

int
hold_port(const char *ip, uint16_t port, struct addr *a)
{
	struct service_conf *sc = fixture_conf(NULL, NULL);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd;

	ck_assert_int_eq(addr_from_ip(ip, a), 0);
	a->port = port;
	fd = tcpsock_open(a, sc, false);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	addr_from_sockaddr((struct sockaddr *)&ss, a);
	fixture_conf_free(sc);
	return fd;
}

bool
single_connects(const char *ip, uint16_t port)
{
	int fd = fixture_connect_ip(ip, port);

	if (fd != -1)
		close(fd);
	return fd != -1;
}
