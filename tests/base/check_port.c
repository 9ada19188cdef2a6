/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <netdb.h>

#include <stdint.h>
#include <string.h>

#include "base/addr.h"
#include "runner.h"

START_TEST(reads_numbers)
{
	static const struct {
		const char *text;
		uint16_t want;
	} row[] = { { "0", 0 }, { "7", 7 }, { "007", 7 }, { "1023", 1023 },
		{ "65535", 65535 } };
	uint16_t port;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		port = 4711;
		ck_assert_ptr_null(addr_port(row[i].text, &port));
		ck_assert_uint_eq(port, row[i].want);
	}
}
END_TEST

START_TEST(refuses_a_port_above_65535)
{
	static const char *const text[] = { "65536", "65537", "99999",
		"4294967296", "4294967303", "18446744073709551623",
		"99999999999999999999999999999999" };
	uint16_t port;
	size_t i;

	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		ck_assert_str_eq(addr_port(text[i], &port), "port above 65535");
		ck_assert_uint_eq(port, 0);
	}
}
END_TEST

START_TEST(refuses_what_is_neither_number_nor_name)
{
	static const char *const text[] = { "+7", "-7", "-0", " 7", "7 ", "\t7",
		"7\n", "7x", "7-7", "0x7", "1e3", "7.0", " echo", "echo ",
		"ec ho", "echo\n", "+", "-", ".", "\303\266", "*",
		"a234567890123456789012345678901234" };
	uint16_t port;
	size_t i;

	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		port = 4711;
		ck_assert_msg(addr_port(text[i], &port) != NULL, "%s", text[i]);
		ck_assert_str_eq(addr_port(text[i], &port),
		    "port is neither a number nor a name");
		ck_assert_uint_eq(port, 0);
	}
}
END_TEST

START_TEST(refuses_an_empty_port)
{
	uint16_t port;

	ck_assert_str_eq(addr_port("", &port), "no port");
}
END_TEST

START_TEST(looks_names_up)
{
	uint16_t port;

	if (getservbyname("echo", "tcp") == NULL)
		return; /* a machine without services(5) */
	ck_assert_ptr_null(addr_port("echo", &port));
	ck_assert_uint_eq(port, 7);
	ck_assert_ptr_null(addr_port("http", &port));
	ck_assert_uint_eq(port, 80);
}
END_TEST

START_TEST(knows_no_unknown_name)
{
	uint16_t port;

	ck_assert_str_eq(addr_port("no-such-service", &port),
	    "unknown port name");
	ck_assert_uint_eq(port, 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, reads_numbers);
	tcase_add_test(tc, refuses_a_port_above_65535);
	tcase_add_test(tc, refuses_what_is_neither_number_nor_name);
	tcase_add_test(tc, refuses_an_empty_port);
	tcase_add_test(tc, looks_names_up);
	tcase_add_test(tc, knows_no_unknown_name);
}

int
main(void)
{
	return runner_main("base/port", add);
}
