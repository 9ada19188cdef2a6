/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "runner.h"
#include "service/http/uri.h"

static bool
equal(struct span a, const char *b)
{
	if (a.s == NULL || b == NULL)
		return a.s == NULL && b == NULL;
	return a.len == strlen(b) && memcmp(a.s, b, a.len) == 0;
}

START_TEST(splits_targets)
{
	static const struct {
		const char *in;
		enum uri_form form;
		const char *path;
		const char *query;
		const char *host;
		int port;
	} row[] = {
		{ "/", URI_ORIGIN, "/", NULL, NULL, HOST_NO_PORT },
		{ "/a/b", URI_ORIGIN, "/a/b", NULL, NULL, HOST_NO_PORT },
		{ "/?", URI_ORIGIN, "/", "", NULL, HOST_NO_PORT },
		{ "/a?b?c", URI_ORIGIN, "/a", "b?c", NULL, HOST_NO_PORT },
		{ "//b/c", URI_ORIGIN, "//b/c", NULL, NULL, HOST_NO_PORT },
		{ "/http://b", URI_ORIGIN, "/http://b", NULL, NULL,
		    HOST_NO_PORT },
		{ "/[\\]^`{|}", URI_ORIGIN, "/[\\]^`{|}", NULL, NULL,
		    HOST_NO_PORT },
		{ "*", URI_ASTERISK, "*", NULL, NULL, HOST_NO_PORT },
		{ "http://b", URI_ABSOLUTE, "/", NULL, "b", HOST_NO_PORT },
		{ "http://b?c", URI_ABSOLUTE, "/", "c", "b", HOST_NO_PORT },
		{ "HTTP://b:8/c?d", URI_ABSOLUTE, "/c", "d", "b", 8 },
		{ "https://[::1]:8/", URI_ABSOLUTE, "/", NULL, "::1", 8 },
	};
	struct span host;
	struct uri u;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ck_assert_msg(uri_parse(row[i].in, strlen(row[i].in), &u) ==
			NULL,
		    "%s", row[i].in);
		host = (struct span) { u.host.name, u.host.len };
		ck_assert_msg(u.form == row[i].form &&
			equal(u.path, row[i].path) &&
			equal(u.query, row[i].query) &&
			equal(host, row[i].host) && u.host.port == row[i].port,
		    "%s", row[i].in);
	}
}
END_TEST

START_TEST(refuses_other_targets)
{
	static const char *const bad[] = { "", "a", "?", "a/b", "**", "*?x",
		"http:", "http:/", "http:/a", "http://", "http:///a",
		"http://?x", "http://:80/", "http://a:b/", "http://a@b/",
		"http://[::1/", "http://a%/", "ws://a/", "file:///a", "urn:a",
		"/%", "/%2", "/%2x", "/a%", "/a%%20", "/a%2?x",
		"http://b/%g0" };
	struct uri u;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(uri_parse(bad[i], strlen(bad[i]), &u) != NULL,
		    "%s", bad[i]);
}
END_TEST

static struct span
span(const char *s)
{
	return (struct span) { s, s == NULL ? 0 : strlen(s) };
}

START_TEST(decodes)
{
	static const struct {
		const char *in, *path, *form;
		size_t n;
	} row[] = {
		{ "", "", "", 0 },
		{ "a+b", "a+b", "a b", 3 },
		{ "%41%2b%2B", "A++", "A++", 3 },
		{ "a%00b%0a", "a\0b\n", "a\0b\n", 4 },
		{ "%ff%C3%A9", "\377\303\251", "\377\303\251", 3 },
		{ "%2541", "%41", "%41", 3 },
		{ "%", "%", "%", 1 },
		{ "%4", "%4", "%4", 2 },
		{ "%zz%4g", "%zz%4g", "%zz%4g", 6 },
		{ "100%", "100%", "100%", 4 },
	};
	char array[16];
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		b = buf_on(array, sizeof(array));
		ck_assert(uri_decode(span(row[i].in), false, &b));
		ck_assert_uint_eq(b.len, row[i].n);
		ck_assert_int_eq(memcmp(array, row[i].path, b.len), 0);
		b.len = 0;
		ck_assert(uri_decode(span(row[i].in), true, &b));
		ck_assert_uint_eq(b.len, row[i].n);
		ck_assert_int_eq(memcmp(array, row[i].form, b.len), 0);
	}
	b = buf_on(array, 2);
	ck_assert(!uri_decode(span("a%41c"), false, &b));
	ck_assert_uint_eq(b.len, 2);
}
END_TEST

START_TEST(takes_pairs_off_a_query)
{
	struct span query = span("a=1&b&&=2&c==&d=&=&e=f=g"), name, value;

	ck_assert(uri_next_pair(&query, &name, &value));
	ck_assert(equal(name, "a") && equal(value, "1"));
	ck_assert(uri_next_pair(&query, &name, &value));
	ck_assert(equal(name, "b") && equal(value, NULL));
	ck_assert(uri_next_pair(&query, &name, &value));
	ck_assert(equal(name, "") && equal(value, "2"));
	ck_assert(uri_next_pair(&query, &name, &value));
	ck_assert(equal(name, "c") && equal(value, "="));
	ck_assert(uri_next_pair(&query, &name, &value));
	ck_assert(equal(name, "d") && equal(value, ""));
	ck_assert(uri_next_pair(&query, &name, &value));
	ck_assert(equal(name, "") && equal(value, ""));
	ck_assert(uri_next_pair(&query, &name, &value));
	ck_assert(equal(name, "e") && equal(value, "f=g"));
	ck_assert(!uri_next_pair(&query, &name, &value));
	ck_assert(!uri_next_pair(&query, &name, &value));
	query = span("");
	ck_assert(!uri_next_pair(&query, &name, &value));
	query = span(NULL);
	ck_assert(!uri_next_pair(&query, &name, &value));
	query = span("&&");
	ck_assert(!uri_next_pair(&query, &name, &value));
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, splits_targets);
	tcase_add_test(t, refuses_other_targets);
	tcase_add_test(t, decodes);
	tcase_add_test(t, takes_pairs_off_a_query);
}

int
main(void)
{
	return runner_main("uri", add);
}
