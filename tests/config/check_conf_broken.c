/* SPDX-License-Identifier: ISC */
/* load_config of files that are none. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "config/loading.h"
#include "runner.h"

START_TEST(reads_well_after_any_broken_file)
{
	static const char *const broken[] = { "pid_file = \"x", "/* x",
		"service a { listen = 'x", "pid_file = \"${x", "}", "{", "=",
		"pid_file = \"\\9\"", "pid_file = {\"a\",", "include(\"x",
		"include('/dev/null')", "\"a\\", "pid_file = ${", "a b c",
		"service a { builtin = \"echo\" = }" };
	struct config *c;
	size_t i;

	for (i = 0; i < 20 * COUNT(broken); i++) {
		ck_assert_ptr_null(load_text(broken[i % COUNT(broken)]));
		ck_assert_uint_gt(errors.n, 0);
		errors_free(&errors);
		c = load_text("\nservice a { listen=':0' builtin=echo }");
		no_error(c);
		ck_assert_int_eq(TAILQ_FIRST(&c->services)->where.line, 2);
		config_free(c);
	}
}
END_TEST

/* Names are not looked up after a syntax error. */
START_TEST(complains_of_no_name_after_a_syntax_error)
{
	ck_assert_ptr_null(
	    load_text("control_group = root\nservice a { builtin = }"));
	ck_assert_uint_eq(errors.n, 1);
	errors_free(&errors);
}
END_TEST

START_TEST(leaves_no_descriptor_open)
{
	int before = dup(0), after;

	close(before);
	config_free(load_text("include('/no')"));
	config_free(load_text("include('/etc/passwd') include('/tmp')"));
	errors_free(&errors);
	after = dup(0);
	ck_assert_int_eq(before, after);
	close(after);
}
END_TEST

START_TEST(takes_a_megabyte_of_garbage)
{
	size_t size = 1 << 20, i;
	char *text = malloc(size + 2);

	for (i = 0; i < size; i++)
		text[i] = "abc {}=,()\n"[arc4random_uniform(11)];
	text[0] = '=';
	text[size] = '\0';
	ck_assert_ptr_null(load_text(text));
	ck_assert_uint_gt(errors.n, 0);
	errors_free(&errors);
	text[size] = ' ';
	text[size + 1] = '\0';
	ck_assert_ptr_null(load_text(text));
	ck_assert_ptr_nonnull(strstr(errors.v[0].text,
	    ":1: larger than 1 MiB"));
	errors_free(&errors);
	free(text);
}
END_TEST

START_TEST(an_error_is_one_line_whatever_it_quotes)
{
	ck_assert_ptr_null(load_text(
	    "service a { listen = \"a\\nb\\033[2J\" builtin = echo }"));
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_ptr_nonnull(strstr(errors.v[0].text,
	    ":1: listen: a\\nb\\033[2J: "));
	errors_free(&errors);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, reads_well_after_any_broken_file);
	tcase_add_test(tc, complains_of_no_name_after_a_syntax_error);
	tcase_add_test(tc, leaves_no_descriptor_open);
	tcase_add_test(tc, takes_a_megabyte_of_garbage);
	tcase_add_test(tc, an_error_is_one_line_whatever_it_quotes);
}

int
main(void)
{
	return runner_main("config_broken", add);
}
