/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "runner.h"

static struct addr_text
split(const char *text)
{
	struct addr_text out;
	const char *why = addr_split(text, &out);

	ck_assert_msg(why == NULL, "%s: %s", text, why);
	return out;
}

/* Expects that reason, and nothing left in the result. */
static void
refused(const char *text, const char *want)
{
	static const struct addr_text nothing;
	struct addr_text out;
	const char *why;

	memset(&out, 0xa5, sizeof(out));
	why = addr_split(text, &out);
	ck_assert_msg(why != NULL, "%s was taken", text);
	ck_assert_msg(strcmp(why, want) == 0, "%s: %s", text, why);
	ck_assert_msg(memcmp(&out, &nothing, sizeof(out)) == 0, "%s", text);
}

/* A text of prefix, n times c, and suffix. */
static const char *
filled(const char *prefix, char c, size_t n, const char *suffix)
{
	static char text[4096];
	size_t at = strlen(prefix);

	ck_assert_uint_lt(at + n + strlen(suffix), sizeof(text));
	memcpy(text, prefix, at);
	memset(text + at, c, n);
	memcpy(text + at + n, suffix, strlen(suffix) + 1);
	return text;
}

START_TEST(takes_host_and_port_apart)
{
	static const struct {
		const char *text, *host, *port;
		bool v6;
	} row[] = {
		{ "127.0.0.1:7", "127.0.0.1", "7", false },
		{ "localhost:echo", "localhost", "echo", false },
		{ "a-b_c.example.:whois++", "a-b_c.example.", "whois++",
		    false },
		{ "*:7", "", "7", false },
		{ ":7", "", "7", false },
		{ ":0", "", "0", false },
		{ "[::1]:7", "::1", "7", true },
		{ "[::]:http", "::", "http", true },
		{ "[::ffff:10.0.0.1]:7", "::ffff:10.0.0.1", "7", true },
		{ "[fe80::1%lo]:7", "fe80::1%lo", "7", true },
		{ "[fe80::1%3]:7", "fe80::1%3", "7", true },
		{ "[fe80::1%br-0.7@x]:7", "fe80::1%br-0.7@x", "7", true },
		{ "unixx:7", "unixx", "7", false },
		{ "Unix:7", "Unix", "7", false },
	};
	struct addr_text a;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		a = split(row[i].text);
		ck_assert_int_eq(a.kind, ADDR_INET);
		ck_assert_str_eq(a.host, row[i].host);
		ck_assert_str_eq(a.port, row[i].port);
		ck_assert_str_eq(a.path, "");
		ck_assert_int_eq(a.literal_v6, row[i].v6);
	}
}
END_TEST

START_TEST(takes_unix_paths)
{
	struct addr_text a = split("unix:/run/a b:7.sock");

	ck_assert_int_eq(a.kind, ADDR_UNIX);
	ck_assert_str_eq(a.path, "/run/a b:7.sock");
	ck_assert_str_eq(a.host, "");
	ck_assert_str_eq(a.port, "");
	a = split("unix:@x");
	ck_assert_int_eq(a.kind, ADDR_UNIX);
	ck_assert_str_eq(a.path, "@x");
}
END_TEST

START_TEST(takes_names_of_inherited_listeners)
{
	struct addr_text a = split("systemd:tined.socket");

	ck_assert_int_eq(a.kind, ADDR_INHERITED);
	ck_assert_str_eq(a.host, "tined.socket");
	ck_assert_str_eq(a.port, "");
}
END_TEST

START_TEST(refuses_bad_hosts)
{
	static const char *const row[][2] = {
		{ "", "empty address" },
		{ "*", "no port: write host:port" },
		{ "**:7", "bad character in host" },
		{ " :7", "bad character in host" },
		{ " 127.0.0.1:7", "bad character in host" },
		{ "local host:7", "bad character in host" },
		{ "localhost :7", "bad character in host" },
		{ "local\thost:7", "bad character in host" },
		{ "local\nhost:7", "bad character in host" },
		{ "local\033host:7", "bad character in host" },
		{ "local\177host:7", "bad character in host" },
		{ "l\303\266cal:7", "bad character in host" },
		{ "local%host:7", "bad character in host" },
		{ "a/b:7", "bad character in host" },
		{ "@x:7", "bad character in host" },
		{ "127.1:7", "not an IPv4 address" },
		{ "127.0.0.256:7", "not an IPv4 address" },
		{ "010.0.0.1:7", "not an IPv4 address" },
		{ "127.0.0.1.:7", "not an IPv4 address" },
		{ "1:7", "not an IPv4 address" },
		{ ".:7", "not an IPv4 address" },
		{ "a:b:7", "IPv6 needs brackets: [address]:port" },
		{ "http://x:7", "more than one colon" },
		{ "localhost:7:7", "more than one colon" },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		refused(row[i][0], row[i][1]);
}
END_TEST

START_TEST(refuses_ipv6_without_brackets)
{
	static const char *const text[] = { "::1:7", "::1", "::", ":::7",
		"2001:db8::1:7", "fe80::1%lo:7", "::ffff:127.0.0.1:7", "::1:" };
	size_t i;

	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		refused(text[i], "IPv6 needs brackets: [address]:port");
}
END_TEST

START_TEST(refuses_bad_brackets)
{
	static const char *const row[][2] = {
		{ "[", "no closing bracket" },
		{ "[::1", "no closing bracket" },
		{ "[::1:7", "no closing bracket" },
		{ "[]:7", "no IPv6 address in brackets" },
		{ "[*]:7", "no IPv6 address in brackets" },
		{ "[127.0.0.1]:7", "no IPv6 address in brackets" },
		{ "[localhost]:7", "no IPv6 address in brackets" },
		{ "[ ::1]:7", "no IPv6 address in brackets" },
		{ "[::1 ]:7", "no IPv6 address in brackets" },
		{ "[[::1]]:7", "no IPv6 address in brackets" },
		{ "[1:2:3:4:5:6:7:8:9]:7", "no IPv6 address in brackets" },
		{ "[0000:0000:0000:0000:0000:0000:0000:00000127.000.0.1]:7",
		    "no IPv6 address in brackets" },
		{ "[%lo]:7", "no IPv6 address in brackets" },
		{ "[::1]", "no port" },
		{ "[::1]:", "no port" },
		{ "[::1]x:7", "no colon after the bracket" },
		{ "[::1]7", "no colon after the bracket" },
		{ "[::1]]:7", "no colon after the bracket" },
		{ "[::1] :7", "no colon after the bracket" },
		{ "[::1]:7:7", "bad character in port" },
		{ "[::1%lo]:7", "only a link-local address has a zone" },
		{ "[fe80::1%]:7", "no zone after %" },
		{ "[fe80::1%a b]:7", "bad character in zone" },
		{ "[fe80::1%a\n]:7", "bad character in zone" },
		{ "[fe80::1%a\303]:7", "bad character in zone" },
		{ "[fe80::1%a/b]:7", "bad character in zone" },
		{ "[fe80::1%a%b]:7", "bad character in zone" },
		{ "[fe80::1%[a]:7", "bad character in zone" },
		{ "[fe80::1%1234567890123456]:7", "zone too long" },
		{ "x[::1]:7", "more than one colon" },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		refused(row[i][0], row[i][1]);
}
END_TEST

START_TEST(refuses_bad_ports)
{
	static const char *const row[][2] = {
		{ "127.0.0.1", "no port: write host:port" },
		{ "localhost", "no port: write host:port" },
		{ "7007",
		    "no host: write localhost:port, or *:port for every "
		    "address" },
		{ "/run/x", "a Unix socket is written unix:/path" },
		{ "udp:127.0.0.1:7",
		    "datagrams are not served: write host:port (TCP) or "
		    "unix:/path" },
		{ "unixgram:/run/x",
		    "datagrams are not served: write host:port (TCP) or "
		    "unix:/path" },
		{ "tcp:localhost:7", "TCP needs no prefix: write host:port" },
		{ "127.0.0.1:", "no port" },
		{ "*:", "no port" },
		{ ":", "no port" },
		{ ": 7", "bad character in port" },
		{ ":7 ", "bad character in port" },
		{ ":7\n", "bad character in port" },
		{ ":ec ho", "bad character in port" },
		{ ":\303\266", "bad character in port" },
		{ ":7/tcp", "bad character in port" },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		refused(row[i][0], row[i][1]);
}
END_TEST

START_TEST(refuses_bad_paths)
{
	static const char *const row[][2] = {
		{ "unix:", "no path" },
		{ "unix:relative",
		    "path is not absolute: write unix:/path or unix:@name" },
		{ "unix:./a",
		    "path is not absolute: write unix:/path or unix:@name" },
		{ "unix: /a",
		    "path is not absolute: write unix:/path or unix:@name" },
		{ "unix:@", "no name after @" },
		{ "unix:/", "path ends in a slash" },
		{ "unix:/run/", "path ends in a slash" },
		{ "unix:/run/a\nb", "control character in path" },
		{ "unix:/run/a\033b", "control character in path" },
		{ "unix:@a\177b", "control character in path" },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		refused(row[i][0], row[i][1]);
}
END_TEST

START_TEST(refuses_bad_names)
{
	static const char *const row[][2] = {
		{ "systemd:", "no name" },
		{ "systemd:a:b", "bad character in name" },
		{ "systemd:a\nb", "bad character in name" },
		{ "systemd:a\tb", "bad character in name" },
		{ "systemd:a\177", "bad character in name" },
		{ "systemd:\303\266", "bad character in name" },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		refused(row[i][0], row[i][1]);
}
END_TEST

START_TEST(takes_the_longest_and_no_longer)
{
	ck_assert_uint_eq(strlen(split(filled("", 'h', 253, ":7")).host), 253);
	refused(filled("", 'h', 254, ":7"), "host too long");
	refused(filled("", 'h', 256, ":7"), "host too long");
	refused(filled("", 'h', 4000, ":7"), "host too long");
	refused(filled("[", ':', 4000, "]:7"), "host too long");
	ck_assert_uint_eq(strlen(split(filled(":", 'p', 32, "")).port), 32);
	refused(filled(":", 'p', 33, ""), "port too long");
	refused(filled(":", '7', 4000, ""), "port too long");
	ck_assert_uint_eq(strlen(split(filled("unix:/", 'p', 106, "")).path),
	    107);
	refused(filled("unix:/", 'p', 107, ""), "path too long");
	ck_assert_uint_eq(strlen(split(filled("unix:@", 'p', 106, "")).path),
	    107);
	refused(filled("unix:@", 'p', 107, ""), "path too long");
	ck_assert_uint_eq(strlen(split(filled("systemd:", 'n', 255, "")).host),
	    255);
	refused(filled("systemd:", 'n', 256, ""), "name too long");
	ck_assert_uint_eq(strlen(split("[fe80::1%123456789012345]:7").host),
	    23);
}
END_TEST

START_TEST(takes_no_control_character_anywhere)
{
	static const char *const form[] = { "12#.0.0.1:7", "[::#1]:7",
		"[::1]#:7", "loc#al:7", ":7#7", "unix:/r#n", "systemd:a#b",
		"#unix:/run", "[fe80::1%#]:7" };
	struct addr_text out;
	char text[64];
	size_t i;
	int c;

	for (i = 0; i < sizeof(form) / sizeof(form[0]); i++) {
		for (c = 1; c < 128; c = c == 31 ? 127 : c + 1) {
			snprintf(text, sizeof(text), "%s", form[i]);
			*strchr(text, '#') = (char)c;
			ck_assert_msg(addr_split(text, &out) != NULL,
			    "%s with %d", form[i], c);
		}
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, takes_host_and_port_apart);
	tcase_add_test(tc, takes_unix_paths);
	tcase_add_test(tc, takes_names_of_inherited_listeners);
	tcase_add_test(tc, refuses_bad_hosts);
	tcase_add_test(tc, refuses_ipv6_without_brackets);
	tcase_add_test(tc, refuses_bad_brackets);
	tcase_add_test(tc, refuses_bad_ports);
	tcase_add_test(tc, refuses_bad_paths);
	tcase_add_test(tc, refuses_bad_names);
	tcase_add_test(tc, takes_the_longest_and_no_longer);
	tcase_add_test(tc, takes_no_control_character_anywhere);
}

int
main(void)
{
	return runner_main("base/addr_split", add);
}
