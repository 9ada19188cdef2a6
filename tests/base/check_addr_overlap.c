/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "base/addr.h"
#include "runner.h"

static const struct {
	const char *a;
	uint16_t a_port;
	bool a_v6only;
	const char *b;
	uint16_t b_port;
	bool b_v6only;
	bool overlap;
} pairs[] = {
	{ "127.0.0.1", 7, false, "127.0.0.1", 7, false, true },
	{ "127.0.0.1", 7, false, "127.0.0.1", 8, false, false },
	{ "127.0.0.1", 7, false, "127.0.0.2", 7, false, false },
	{ "127.0.0.1", 0, false, "127.0.0.1", 0, false, false },
	{ "0.0.0.0", 7, false, "127.0.0.1", 7, false, true },
	{ "0.0.0.0", 0, false, "127.0.0.1", 7, false, false },
	{ "0.0.0.0", 7, false, "::1", 7, false, false },
	{ "0.0.0.0", 7, false, "::", 7, false, true },
	{ "0.0.0.0", 7, false, "::", 7, true, false },
	{ "::", 7, false, "127.0.0.1", 7, false, true },
	{ "::", 7, true, "127.0.0.1", 7, false, false },
	{ "::", 7, false, "::1", 7, false, true },
	{ "::", 7, true, "::1", 7, true, true },
	{ "::1", 7, false, "127.0.0.1", 7, false, false },
	{ "::1", 7, false, "::1", 7, true, true },
	{ "::1", 7, false, "::2", 7, false, false },
};

static struct addr
make(const char *ip, uint16_t port)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip(ip, &a), 0);
	a.port = port;
	return a;
}

START_TEST(agrees_with_the_table_in_both_directions)
{
	struct addr a = make(pairs[_i].a, pairs[_i].a_port);
	struct addr b = make(pairs[_i].b, pairs[_i].b_port);

	ck_assert_int_eq(addr_overlaps(&a, pairs[_i].a_v6only, &b,
			     pairs[_i].b_v6only),
	    pairs[_i].overlap);
	ck_assert_int_eq(addr_overlaps(&b, pairs[_i].b_v6only, &a,
			     pairs[_i].a_v6only),
	    pairs[_i].overlap);
}
END_TEST

START_TEST(tells_zones_apart)
{
	struct addr a = make("fe80::1", 7), b = a;

	a.scope = 2;
	b.scope = 3;
	ck_assert(!addr_overlaps(&a, false, &b, false));
	b.scope = 2;
	ck_assert(addr_overlaps(&a, false, &b, false));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, agrees_with_the_table_in_both_directions, 0,
	    sizeof(pairs) / sizeof(pairs[0]));
	tcase_add_test(tc, tells_zones_apart);
}

int
main(void)
{
	return runner_main("addr_overlap", add);
}
