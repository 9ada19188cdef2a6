/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <bsd/string.h>
#include <netdb.h>
#include <string.h>

#include "tine/target.h"
#include "runner.h"

static struct target t;
static bool usage;

static const char *
resolve(const char *text, int family)
{
	memset(&t, 0xff, sizeof(t));
	usage = false;
	return target_resolve(text, family, &t, &usage);
}

START_TEST(takes_numeric_addresses)
{
	ck_assert_ptr_null(resolve("127.0.0.1:7", AF_UNSPEC));
	ck_assert_uint_eq(t.n, 1);
	ck_assert_str_eq(t.ep[0].text, "127.0.0.1:7");
	ck_assert_int_eq(t.ep[0].ss.ss_family, AF_INET);
	ck_assert_ptr_null(resolve("[::1]:65535", AF_UNSPEC));
	ck_assert_str_eq(t.ep[0].text, "[::1]:65535");
	ck_assert_int_eq(t.ep[0].ss.ss_family, AF_INET6);
}
END_TEST

START_TEST(takes_unix_paths)
{
	const struct sockaddr_un *sun = (struct sockaddr_un *)&t.ep[0].ss;

	ck_assert_ptr_null(resolve("unix:/run/x.sock", AF_UNSPEC));
	ck_assert_str_eq(t.ep[0].text, "unix:/run/x.sock");
	ck_assert_str_eq(sun->sun_path, "/run/x.sock");
	ck_assert_ptr_null(resolve("unix:@name", AF_UNSPEC));
	ck_assert_str_eq(t.ep[0].text, "unix:@name");
	ck_assert_int_eq(sun->sun_path[0], '\0');
	ck_assert_uint_eq(t.ep[0].len, sizeof(sun->sun_family) + 5);
}
END_TEST

START_TEST(no_host_is_this_machine)
{
	static const char *const texts[] = { ":7", "*:7" };
	size_t i, k;

	for (i = 0; i < 2; i++) {
		ck_assert_ptr_null(resolve(texts[i], AF_INET));
		ck_assert_str_eq(t.ep[0].text, "127.0.0.1:7");
		ck_assert_ptr_null(resolve(texts[i], AF_UNSPEC));
		for (k = 0; k < t.n; k++)
			ck_assert_msg(strcmp(t.ep[k].text, "127.0.0.1:7") ==
				    0 ||
				strcmp(t.ep[k].text, "[::1]:7") == 0,
			    "%s is %s", texts[i], t.ep[k].text);
	}
}
END_TEST

START_TEST(wrong_text_is_wrong_usage)
{
	static const char *const wrong[] = { "", ":", "foo", "foo:", "foo:0",
		"foo:65536", "foo:-1", "[::1", "[::1]", "unix:", "unix:rel",
		"unix:@", "systemd:x", "foo:no-such-service-name" };
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_msg(resolve(wrong[i], AF_UNSPEC) != NULL,
		    "'%s' taken", wrong[i]);
		ck_assert_msg(usage, "'%s' is not usage", wrong[i]);
	}
}
END_TEST

START_TEST(a_family_without_address_is_no_usage_error)
{
	ck_assert_ptr_nonnull(resolve("127.0.0.1:7", AF_INET6));
	ck_assert(!usage);
	ck_assert_ptr_nonnull(resolve("[::1]:7", AF_INET));
	ck_assert(!usage);
	ck_assert_ptr_nonnull(resolve("[localhost]:7", AF_UNSPEC));
	ck_assert_ptr_nonnull(resolve("unix:/x", AF_INET));
	ck_assert(usage);
}
END_TEST

START_TEST(keeps_only_one_family)
{
	struct target both = { .n = 3 };

	both.ep[0].ss.ss_family = AF_INET6;
	both.ep[1].ss.ss_family = AF_INET;
	both.ep[2].ss.ss_family = AF_INET6;
	strlcpy(both.ep[1].text, "four", sizeof(both.ep[1].text));
	ck_assert_int_eq(target_keep(&both, AF_INET), 0);
	ck_assert_uint_eq(both.n, 1);
	ck_assert_str_eq(both.ep[0].text, "four");
	ck_assert_int_eq(target_keep(&both, AF_INET6), -1);
}
END_TEST

START_TEST(families_alternate_from_the_resolvers_first)
{
	static const int families[] = { AF_INET6, AF_INET6, AF_INET6, AF_INET,
		AF_INET };
	static const char *const want[] = { "[::1]:7", "127.0.0.4:7", "[::2]:7",
		"127.0.0.5:7", "[::3]:7" };
	struct sockaddr_in6 sin6[5];
	struct addrinfo ai[5];
	size_t i;

	memset(ai, 0, sizeof(ai));
	memset(sin6, 0, sizeof(sin6));
	for (i = 0; i < 5; i++) {
		ai[i].ai_family = families[i];
		ai[i].ai_addr = (struct sockaddr *)&sin6[i];
		ai[i].ai_next = i < 4 ? &ai[i + 1] : NULL;
		sin6[i].sin6_family = (sa_family_t)families[i];
		if (families[i] == AF_INET6) {
			sin6[i].sin6_addr.s6_addr[15] = (uint8_t)(i + 1);
			ai[i].ai_addrlen = sizeof(struct sockaddr_in6);
		} else {
			((struct sockaddr_in *)&sin6[i])->sin_addr.s_addr =
			    htonl(0x7f000001U + (uint32_t)i);
			ai[i].ai_addrlen = sizeof(struct sockaddr_in);
		}
	}
	memset(&t, 0, sizeof(t));
	target_interleave(ai, 7, &t);
	ck_assert_uint_eq(t.n, 5);
	for (i = 0; i < 5; i++)
		ck_assert_str_eq(t.ep[i].text, want[i]);
}
END_TEST

START_TEST(keeps_no_more_endpoints_than_there_is_room_for)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct addrinfo ai[TARGET_MAX + 9];
	size_t i, n = sizeof(ai) / sizeof(ai[0]);

	memset(ai, 0, sizeof(ai));
	for (i = 0; i < n; i++) {
		ai[i].ai_family = AF_INET;
		ai[i].ai_addr = (struct sockaddr *)&sin;
		ai[i].ai_addrlen = sizeof(sin);
		ai[i].ai_next = i + 1 < n ? &ai[i + 1] : NULL;
	}
	memset(&t, 0, sizeof(t));
	target_interleave(ai, 7, &t);
	ck_assert_uint_eq(t.n, TARGET_MAX);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, takes_numeric_addresses);
	tcase_add_test(tc, takes_unix_paths);
	tcase_add_test(tc, no_host_is_this_machine);
	tcase_add_test(tc, wrong_text_is_wrong_usage);
	tcase_add_test(tc, a_family_without_address_is_no_usage_error);
	tcase_add_test(tc, keeps_only_one_family);
	tcase_add_test(tc, families_alternate_from_the_resolvers_first);
	tcase_add_test(tc, keeps_no_more_endpoints_than_there_is_room_for);
}

int
main(void)
{
	return runner_main("check_target", add);
}
