/* SPDX-License-Identifier: ISC */
/*
 * What happens to a configuration before libConfuse reads it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "config/scan.h"
#include "runner.h"

static struct errors errors;
static bool failed;

/* The rewritten text without its blanks, but for line ends. */
static char *
scan(const char *text)
{
	char *out, *p, *q;

	out = scan_text("f", text, strlen(text), &errors, &failed);
	for (p = q = out; *p != '\0'; p++)
		if (*p != ' ' && *p != '\t')
			*q++ = *p;
	*q = '\0';
	return out;
}

static void
gives(const char *text, const char *expected)
{
	char *out = scan(text);

	ck_assert_str_eq(out, expected);
	free(out);
	if (errors.n > 0)
		ck_abort_msg("%s", errors.v[0].text);
	ck_assert(!failed);
}

/* The text is refused at once, with this one error. */
static void
fails(const char *text, const char *expected)
{
	free(scan(text));
	ck_assert(failed);
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_str_eq(errors.v[0].text, expected);
	errors_free(&errors);
}

START_TEST(takes_comments_away_and_keeps_the_lines)
{
	gives("# one\n// two\n/* three\n four */ log_level = info # five\n",
	    "\n\n\nlog_level=info\n");
	gives("log_level = \"# // /* \"\n", "log_level=\"#///*\"\n");
	gives("pid_file = /run//x\n", "pid_file=/run//x\n");
	gives("#", "\n");
	gives("//", "\n");
	gives("/**/", "\n");
	gives("/***/", "\n");
	gives("", "\n");
}
END_TEST

START_TEST(puts_the_name_of_a_service_inside)
{
	gives("service\necho\n{\nbuiltin = echo\n}\n",
	    "service{_name=\necho\n\nbuiltin=echo\n}\n");
	gives("service 'a b' { }", "service{_name='ab'}\n");
	gives("defaults { }", "defaults{}\n");
}
END_TEST

START_TEST(marks_what_is_added_to_a_list)
{
	gives("defaults { only_from += {a, b} }",
	    "defaults{only_from+={'\001+='}only_from+={a,b}}\n");
}
END_TEST

START_TEST(takes_unknown_directives_away_with_their_values)
{
	char *out = scan("a = 1\nb = {1,\n2}\nlog_level = info\nc { d { } }\n"
			 "e(1, 2)\n'f");

	ck_assert_str_eq(out, "\n\n\nlog_level=info\n\n\n");
	ck_assert(failed);
	ck_assert_uint_eq(errors.n, 5);
	ck_assert_str_eq(errors.v[0].text, "f:1: a: unknown directive");
	ck_assert_str_eq(errors.v[1].text, "f:2: b: unknown directive");
	ck_assert_str_eq(errors.v[2].text, "f:5: c: unknown section");
	ck_assert_str_eq(errors.v[3].text, "f:6: e: unknown directive");
	ck_assert_str_eq(errors.v[4].text, "f:7: string without an end");
	free(out);
	errors_free(&errors);
}
END_TEST

START_TEST(keeps_what_is_whole_before_an_error)
{
	char *out = scan("log_level = info\nservice a {\nbuiltin = echo\n"
			 "listen = \"x\n}\n");

	ck_assert(failed);
	ck_assert_str_eq(out,
	    "log_level=info\nservice{_name=a\nbuiltin=echo}\n");
	free(out);
	errors_free(&errors);
}
END_TEST

START_TEST(says_where_a_string_or_comment_begins_that_never_ends)
{
	fails("\n\"a\n\n", "f:2: string without an end");
	fails("\nlog_level = 'a\n\n", "f:2: string without an end");
	fails("log_level = \"a\\", "f:1: string without an end");
	fails("log_level = \"a\\\"", "f:1: string without an end");
	fails("\n/* a\n\n", "f:2: comment without an end");
	fails("/*/", "f:1: comment without an end");
	fails("/*", "f:1: comment without an end");
	fails("log_level = \"${a\"", "f:1: ${ without an end");
	fails("log_level = ${a\n}", "f:1: ${ without an end");
}
END_TEST

START_TEST(refuses_escapes_that_libconfuse_stumbles_over)
{
	fails("pid_file = \"\\8\"", "f:1: escape sequence that is not octal");
	fails("pid_file = \"\\1234\"",
	    "f:1: escape sequence that is not octal");
	fails("pid_file = \"\\777\"", "f:1: escape sequence above \\377");
	fails("pid_file = \"\\000\"", "f:1: NUL in a string");
	fails("pid_file = \"\\x0\"", "f:1: NUL in a string");
	fails("pid_file = \"\\x00\"", "f:1: NUL in a string");
	gives("pid_file = \"\\x01\\x0a\\7\\377\\\\8\"",
	    "pid_file=\"\\x01\\x0a\\7\\377\\\\8\"\n");
	gives("pid_file = '\\8\\000'", "pid_file='\\8\\000'\n");
}
END_TEST

START_TEST(refuses_what_libconfuse_would_pass_over)
{
	const char why[] = "f:1: word with * or + in it, which must be quoted";

	fails("pid_file = *:7", why);
	fails("pid_file = a*b", why);
	fails("pid_file = a+b", why);
	fails("+", why);
	fails("a+", why);
	fails("pid_file = a${B}",
	    "f:1: word with ${ in it, which must be quoted");
}
END_TEST

START_TEST(refuses_a_name_in_quotes)
{
	fails("'log_level' = info", "f:1: 'log_level': a name in quotes");
	fails("service a { \"_name\" = b }",
	    "f:1: \"_name\": a name in quotes");
}
END_TEST

START_TEST(refuses_a_section_that_stays_open)
{
	fails("\nservice a {\n\nbuiltin = echo\n",
	    "f:2: section without its closing brace }");
	fails("service a {", "f:1: section without its closing brace }");
}
END_TEST

START_TEST(hands_on_what_is_no_statement)
{
	gives("} = {", "}={\n");
	gives("log_level = }\n# no comment\n", "log_level=}\n");
	gives("log_level", "log_level\n");
	gives("pid_file = {a b}", "pid_file={ab}\n");
}
END_TEST

START_TEST(refuses_bytes_that_are_no_text)
{
	free(scan_text("f", "a\n\0b", 4, &errors, &failed));
	ck_assert(failed);
	ck_assert_str_eq(errors.v[0].text, "f:2: byte 0x00: not a text file");
	errors_free(&errors);
	fails("a\n\n\001", "f:3: byte 0x01: not a text file");
}
END_TEST

START_TEST(refuses_a_directive_given_twice_in_one_section)
{
	char *out = scan("log_level = info\nlog_level = debug\n"
			 "defaults { listen = a\nlisten += b\nlisten = c }\n"
			 "defaults { listen = d }");

	ck_assert_uint_eq(errors.n, 2);
	ck_assert(!failed);
	ck_assert_str_eq(errors.v[0].text,
	    "f:2: log_level: given twice, first in line 1 (+= adds to a list)");
	ck_assert_str_eq(errors.v[1].text,
	    "f:5: listen: given twice, first in line 3 (+= adds to a list)");
	ck_assert_ptr_null(strstr(out, "=c"));
	ck_assert_ptr_nonnull(strstr(out, "=d"));
	free(out);
	errors_free(&errors);
}
END_TEST

START_TEST(is_not_deep_in_braces)
{
	size_t n = 500000;
	char *text = malloc(2 * n + 1);

	memset(text, '{', 2 * n);
	text[0] = 'a';
	text[2 * n] = '\0';
	free(scan(text));
	ck_assert(failed);
	ck_assert_uint_eq(errors.n, 2);
	ck_assert_str_eq(errors.v[0].text, "f:1: a: unknown section");
	ck_assert_str_eq(errors.v[1].text, "f:1: } is missing");
	errors_free(&errors);
	free(text);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, takes_comments_away_and_keeps_the_lines);
	tcase_add_test(tc, puts_the_name_of_a_service_inside);
	tcase_add_test(tc, marks_what_is_added_to_a_list);
	tcase_add_test(tc, takes_unknown_directives_away_with_their_values);
	tcase_add_test(tc, keeps_what_is_whole_before_an_error);
	tcase_add_test(tc,
	    says_where_a_string_or_comment_begins_that_never_ends);
	tcase_add_test(tc, refuses_escapes_that_libconfuse_stumbles_over);
	tcase_add_test(tc, refuses_what_libconfuse_would_pass_over);
	tcase_add_test(tc, refuses_a_name_in_quotes);
	tcase_add_test(tc, refuses_a_section_that_stays_open);
	tcase_add_test(tc, hands_on_what_is_no_statement);
	tcase_add_test(tc, refuses_bytes_that_are_no_text);
	tcase_add_test(tc, refuses_a_directive_given_twice_in_one_section);
	tcase_add_test(tc, is_not_deep_in_braces);
}

int
main(void)
{
	return runner_main("scan", add);
}
