/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "runner.h"
#include "service/http/host.h"

static const struct {
	const char *in;
	enum host_kind kind;
	const char *name;
	int port;
} good[] = {
	{ "", HOST_NONE, "", HOST_NO_PORT },
	{ "a", HOST_NAME, "a", HOST_NO_PORT },
	{ "www.Example.org.", HOST_NAME, "www.Example.org.", HOST_NO_PORT },
	{ "localhost:8080", HOST_NAME, "localhost", 8080 },
	{ "a:", HOST_NAME, "a", HOST_NO_PORT },
	{ "a:0", HOST_NAME, "a", 0 },
	{ "a:00080", HOST_NAME, "a", 80 },
	{ "a:65535", HOST_NAME, "a", 65535 },
	{ "a_b~c-d", HOST_NAME, "a_b~c-d", HOST_NO_PORT },
	{ "!$&'()*+,;=", HOST_NAME, "!$&'()*+,;=", HOST_NO_PORT },
	{ "%C3%a9:1", HOST_NAME, "%C3%a9", 1 },
	{ "192.0.2.1", HOST_IPV4, "192.0.2.1", HOST_NO_PORT },
	{ "192.0.2.1:7", HOST_IPV4, "192.0.2.1", 7 },
	{ "127.1", HOST_NAME, "127.1", HOST_NO_PORT },
	{ "256.0.0.1", HOST_NAME, "256.0.0.1", HOST_NO_PORT },
	{ "192.0.2.1.", HOST_NAME, "192.0.2.1.", HOST_NO_PORT },
	{ "0x7f000001", HOST_NAME, "0x7f000001", HOST_NO_PORT },
	{ "[::1]", HOST_IPV6, "::1", HOST_NO_PORT },
	{ "[2001:DB8::1]:443", HOST_IPV6, "2001:DB8::1", 443 },
	{ "[::ffff:192.0.2.1]:1", HOST_IPV6, "::ffff:192.0.2.1", 1 },
	{ "[::]:", HOST_IPV6, "::", HOST_NO_PORT },
};

static const char *const bad[] = { ":", ":80", "a:65536", "a:99999", "a:000080",
	"a:-1", "a:+1", "a: 1", "a:1 ", "a:1x", "a:0x1", "a:1:2", "a b", "a/",
	"/", "a?", "a#", "u@a", "u:p@a", "a\\b", "a\"b", "<a>", "a|b", "a^b",
	"a`b", "{a}", "\303\251", "a\177", "%", "%4", "%4g", "a%zz", "::1",
	"2001:db8::1", "[", "[]", "[::1", "::1]", "[::1]a", "[::1]80",
	"[::1]:x", "[::1]:65536", "[[::1]]", "[::1]]", "[192.0.2.1]", "[a]",
	"[v1.x]", "[fe80::1%eth0]", "[fe80::1%25eth0]", "[ ::1]", "[::1 ]",
	"[:::1]", "[1:2:3:4:5:6:7:8:9]",
	"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001]" };

START_TEST(splits_good_hosts)
{
	struct host h;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(host_parse(good[i].in, strlen(good[i].in), &h) ==
			NULL,
		    "%s", good[i].in);
		ck_assert_msg(h.kind == good[i].kind &&
			h.port == good[i].port &&
			h.len == strlen(good[i].name) &&
			(h.len == 0 ||
			    memcmp(h.name, good[i].name, h.len) == 0),
		    "%s", good[i].in);
	}
}
END_TEST

START_TEST(refuses_others)
{
	struct host h;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(host_parse(bad[i], strlen(bad[i]), &h) != NULL,
		    "%s", bad[i]);
		ck_assert(h.kind == HOST_NONE && h.name == NULL && h.len == 0 &&
		    h.port == HOST_NO_PORT);
	}
}
END_TEST

START_TEST(refuses_each_byte_that_a_name_cannot_have)
{
	static const char may[] = "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "-._~!$&'()*+,;=:";
	struct host h;
	int c;

	for (c = 0; c < 256; c++) {
		char in[] = { 'a', (char)c };
		bool valid = c != 0 && strchr(may, c) != NULL;

		ck_assert_msg((host_parse(in, 2, &h) == NULL) == valid, "%d",
		    c);
	}
}
END_TEST

START_TEST(bounds_the_length)
{
	char in[HOST_MAX + 1];
	struct host h;

	memset(in, 'a', sizeof(in));
	ck_assert_ptr_null(host_parse(in, HOST_MAX, &h));
	ck_assert_uint_eq(h.len, HOST_MAX);
	ck_assert_str_eq(host_parse(in, HOST_MAX + 1, &h), "invalid host");
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, splits_good_hosts);
	tcase_add_test(t, refuses_others);
	tcase_add_test(t, refuses_each_byte_that_a_name_cannot_have);
	tcase_add_test(t, bounds_the_length);
}

int
main(void)
{
	return runner_main("host", add);
}
