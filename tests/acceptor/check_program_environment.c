/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/program.h"
#include "acceptor/rig.h"

#define VARIABLES_MAX 64

static const char *wanted[VARIABLES_MAX];
static char text[VARIABLES_MAX][256];
static unsigned int nwanted;

static void __attribute__((format(printf, 1, 2))) want(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text[nwanted], sizeof(text[0]), fmt, ap);
	va_end(ap);
	wanted[nwanted] = text[nwanted];
	nwanted++;
}

/* Exactly those that are wanted, each once, in any order. */
static void
is_as_wanted(char **env)
{
	unsigned int i, n;

	for (n = 0; env[n] != NULL; n++) {
		for (i = 0; i < nwanted; i++)
			if (wanted[i] != NULL && strcmp(env[n], wanted[i]) == 0)
				break;
		ck_assert_msg(i < nwanted, "not wanted: %s", env[n]);
		wanted[i] = NULL;
	}
	for (i = 0; i < nwanted; i++)
		ck_assert_msg(wanted[i] == NULL, "missing: %s", wanted[i]);
	nwanted = 0;
}

static void
want_tcp(const char *local, int lport, const char *peer, int pport)
{
	want("PROTO=TCP");
	want("TCPLOCALIP=%s", local);
	want("TCPLOCALPORT=%d", lport);
	want("TCPREMOTEIP=%s", peer);
	want("TCPREMOTEPORT=%d", pport);
	want("REMOTE_ADDR=%s", peer);
	want("REMOTE_PORT=%d", pport);
	want("SERVER_ADDR=%s", local);
	want("SERVER_PORT=%d", lport);
}

static void
want_service(void)
{
	want("PATH=/bin");
	want("TINED_SERVICE=test");
	want("EMPTY=");
}

static void
with_environment(struct settings_builder *b)
{
	static const char *const env[] = { "PATH=/bin", "TINED_SERVICE=test",
		"EMPTY=" };
	struct settings_ref ref;

	rig_program(b, "/bin/true", NULL);
	ref = settings_add_list(b, env, 3);
	settings_of(b)->env = ref;
}

/* Between these hosts; the rest is in the slot. */
static void
is_that_of(struct scoreboard_slot slot, const char *local, const char *peer)
{
	const uint16_t lport = slot.local.port, pport = slot.peer.port;

	rig_make(with_environment, 4);
	addr_from_ip(local, &slot.local);
	addr_from_ip(peer, &slot.peer);
	slot.local.port = lport;
	slot.peer.port = pport;
	want_tcp(local, lport, peer, pport);
	want("TCPCONNNUM=%" PRIu32, slot.nth);
	want("TINED_ID=%" PRIu64, slot.id);
	want_service();
	is_as_wanted(program_environment(rig, &slot, -1));
}

START_TEST(is_that_of_a_tcp4_connection)
{
	is_that_of((struct scoreboard_slot) { .id = 17,
		       .nth = 3,
		       .local.port = 7,
		       .peer.port = 50312 },
	    "127.0.0.1", "192.0.2.1");
}
END_TEST

START_TEST(is_that_of_a_tcp6_connection)
{
	is_that_of((struct scoreboard_slot) { .id = UINT64_MAX,
		       .nth = 1,
		       .local.port = 65535,
		       .peer.port = 1 },
	    "2001:db8::1", "fe80::1:2");
}
END_TEST

static void
on_unix(struct settings_builder *b)
{
	with_environment(b);
	settings_of(b)->listener[0].local = (struct addr) { .family = AF_UNIX };
	strlcpy(settings_of(b)->listener[0].path, "/run/x y.sock",
	    ADDR_PATH_MAX);
}

START_TEST(is_that_of_a_unix_connection)
{
	struct scoreboard_slot slot = { .id = 2,
		.nth = 1,
		.peer = { .family = AF_UNIX,
		    .cred = { 1000, 4294967294u, 4242 } },
		.local = { .family = AF_UNIX } };

	rig_make(on_unix, 4);
	want("PROTO=UNIX");
	want("UNIXLOCALPATH=/run/x y.sock");
	want("UNIXREMOTEEUID=1000");
	want("UNIXREMOTEEGID=4294967294");
	want("UNIXREMOTEPID=4242");
	want("TINED_ID=2");
	want_service();
	is_as_wanted(program_environment(rig, &slot, -1));
}
END_TEST

static void
on_every_address(struct settings_builder *b)
{
	with_environment(b);
	settings_of(b)->listener[0].exact = 0;
	memset(settings_of(b)->listener[0].local.ip, 0, 16);
}

START_TEST(names_the_address_that_the_peer_has_chosen)
{
	struct pending c;
	struct scoreboard_slot slot = { .id = 1, .nth = 1 };
	char ip[ADDR_TEXT_MAX];
	int fd;

	rig_make(on_every_address, 4);
	fd = rig_connect(&c);
	slot.peer = c.peer;
	slot.local.family = AF_UNSPEC;
	addr_format_ip(&c.peer, ip, sizeof(ip));
	want_tcp("127.0.0.1", rig_local.port, ip, c.peer.port);
	want("TCPCONNNUM=1");
	want("TINED_ID=1");
	want_service();
	is_as_wanted(program_environment(rig, &slot, c.fd));
	close(fd);
}
END_TEST

START_TEST(is_made_anew_for_each_connection)
{
	struct scoreboard_slot slot = { .id = 0,
		.nth = 1,
		.peer = { .family = AF_INET },
		.local = { .family = AF_INET } };
	struct scoreboard_slot other = { .id = 5,
		.peer = { .family = AF_UNIX } };
	int i;

	rig_make(with_environment, 4);
	for (i = 0; i < 3; i++) {
		slot.peer.family = AF_INET6;
		memset(slot.peer.ip, 0xee, 16);
		program_environment(rig, &slot, -1);
		program_environment(rig, &other, -1);
		slot.peer.family = AF_INET;
		slot.id = (uint64_t)i;
		want_tcp("0.0.0.0", 0, "238.238.238.238", 0);
		want("TCPCONNNUM=1");
		want("TINED_ID=%d", i);
		want_service();
		is_as_wanted(program_environment(rig, &slot, -1));
	}
}
END_TEST

/* The longest of everything: all there, nothing over the end. */
START_TEST(has_room_for_the_longest_values)
{
	struct scoreboard_slot slot = { .id = UINT64_MAX, .nth = UINT32_MAX };

	rig_make(with_environment, 4);
	slot.peer.family = slot.local.family = AF_INET6;
	memset(slot.peer.ip, 0xfe, 16);
	memset(slot.local.ip, 0xfe, 16);
	slot.peer.ip[1] = slot.local.ip[1] = 0x80; /* link-local */
	slot.peer.scope = slot.local.scope = UINT32_MAX;
	slot.peer.port = slot.local.port = UINT16_MAX;
	want_tcp("fe80:fefe:fefe:fefe:fefe:fefe:fefe:fefe%4294967295", 65535,
	    "fe80:fefe:fefe:fefe:fefe:fefe:fefe:fefe%4294967295", 65535);
	want("TCPCONNNUM=4294967295");
	want("TINED_ID=18446744073709551615");
	want_service();
	is_as_wanted(program_environment(rig, &slot, -1));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, is_that_of_a_tcp4_connection);
	tcase_add_test(tc, is_that_of_a_tcp6_connection);
	tcase_add_test(tc, is_that_of_a_unix_connection);
	tcase_add_test(tc, names_the_address_that_the_peer_has_chosen);
	tcase_add_test(tc, is_made_anew_for_each_connection);
	tcase_add_test(tc, has_room_for_the_longest_values);
}

int
main(void)
{
	return rig_main("environment", add);
}
