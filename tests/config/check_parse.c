/* SPDX-License-Identifier: ISC */
/*
 * From text to a tree.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "config/parse.h"
#include "config/tree.h"
#include "runner.h"

static struct errors errors;
static struct config tree;

static void
setup(void)
{
	tree = (struct config) { .cut = false };
	tree_init(&tree);
}

static void
teardown(void)
{
	struct service_conf *sc;
	unsigned int i;

	errors_free(&errors);
	setting_free(tree.set);
	setting_free(tree.defaults);
	while ((sc = TAILQ_FIRST(&tree.services)) != NULL) {
		TAILQ_REMOVE(&tree.services, sc, entry);
		setting_free(sc->set);
		free(sc->name);
		free(sc);
	}
	for (i = 0; i < tree.nfiles; i++)
		free(tree.files[i]);
	free(tree.files);
}

static void
parse(const char *text)
{
	teardown();
	setup();
	parse_text(&tree, "f", text, &errors);
}

static void
add_items(struct buf *out, const struct setting *set)
{
	size_t i;

	if (!set->given)
		return;
	buf_str(out, set->d->name);
	buf_str(out, set->append ? "+=" : "=");
	for (i = 0; i < set->items.n; i++) {
		buf_str(out, i == 0 ? "" : ",");
		buf_str(out, set->items.v[i].text);
		buf_char(out, '@');
		buf_int(out, set->items.v[i].where.line);
	}
	buf_char(out, ';');
}

static void
add_settings(struct buf *out, const struct setting *set)
{
	for (; set->d != NULL; set++)
		add_items(out, set);
}

/* The tree: `name=value@line,value@line;`, defaults and services in braces. */
static void
has(const char *expected)
{
	const struct service_conf *sc;
	struct buf out = { 0 };

	add_settings(&out, tree.set);
	buf_char(&out, '{');
	add_settings(&out, tree.defaults);
	buf_char(&out, '}');
	TAILQ_FOREACH (sc, &tree.services, entry) {
		buf_str(&out, sc->name);
		buf_char(&out, '@');
		buf_int(&out, sc->where.line);
		buf_char(&out, '{');
		add_settings(&out, sc->set);
		buf_char(&out, '}');
	}
	ck_assert_str_eq(buf_string(&out), expected);
	free(out.s);
}

static void
gives(const char *text, const char *expected)
{
	parse(text);
	if (errors.n > 0)
		ck_abort_msg("%s", errors.v[0].text);
	ck_assert(!tree.cut);
	has(expected);
}

/* The reading ends with this one error. */
static void
fails(const char *text, const char *expected)
{
	parse(text);
	ck_assert(tree.cut);
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_str_eq(errors.v[0].text, expected);
}

START_TEST(passes_over_comments_and_counts_their_lines)
{
	gives("# one\n// two\n/* three\n four */ log_level = info # five\n",
	    "log_level=info@4;{}");
	gives("log_level = \"# // /* \"\n", "log_level=# // /* @1;{}");
	gives("pid_file = /run//x\n", "pid_file=/run//x@1;{}");
	gives("#", "{}");
	gives("//", "{}");
	gives("/**/", "{}");
	gives("/***/", "{}");
	gives("", "{}");
}
END_TEST

START_TEST(names_services_and_merges_defaults)
{
	gives("service\necho\n{\nbuiltin = echo\n}\n",
	    "{}echo@2{builtin=echo@4;}");
	gives("service 'a b' { }", "{}a b@1{}");
	gives("defaults { nice = 1 nodelay = no }\ndefaults { nice = 2 }",
	    "{nice=2@2;nodelay=no@1;}");
}
END_TEST

START_TEST(reads_lists)
{
	gives("pid_file = {a, 'b'\n,\"c\",}", "pid_file=a@1,b@1,c@2;{}");
	gives("pid_file = {}", "pid_file=;{}");
	gives("defaults { only_from += {a, b} only_from += c }",
	    "{only_from+=a@1,b@1,c@1;}");
	gives("defaults { only_from = a only_from += c }",
	    "{only_from=a@1,c@1;}");
	fails("pid_file = {a b}", "f:1: unexpected token 'b'");
	fails("pid_file = {,}", "f:1: unexpected token ','");
	fails("pid_file = {a,,b}", "f:1: unexpected token ','");
	fails("pid_file = {a,\n", "f:2: unexpected end");
}
END_TEST

START_TEST(passes_over_unknown_directives_with_their_values)
{
	parse("a = 1\nb = {1,\n2}\nlog_level = info\nc { d { } }\n"
	      "e(1, 2)\n'f");
	has("log_level=info@4;{}");
	ck_assert(tree.cut);
	ck_assert_uint_eq(errors.n, 5);
	ck_assert_str_eq(errors.v[0].text, "f:1: a: unknown directive");
	ck_assert_str_eq(errors.v[1].text, "f:2: b: unknown directive");
	ck_assert_str_eq(errors.v[2].text, "f:5: c: unknown section");
	ck_assert_str_eq(errors.v[3].text, "f:6: e: unknown directive");
	ck_assert_str_eq(errors.v[4].text, "f:7: string without an end");
}
END_TEST

START_TEST(keeps_what_is_whole_before_an_error)
{
	fails("log_level = info\nservice a {\nbuiltin = echo\n"
	      "listen = {x, \"x\n}\n",
	    "f:4: string without an end");
	has("log_level=info@1;{}a@2{builtin=echo@3;}");
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

START_TEST(reads_escapes)
{
	gives("pid_file = \"\\x01\\x0a\\7\\377\\\\\\e\\q\\101x\\\n\"",
	    "pid_file=\001\n\007\377\\\033qAx@1;{}");
	gives("pid_file = '\\8\\000\\'\\\\\\\n'", "pid_file=\\8\\000'\\@1;{}");
	fails("pid_file = \"\\8\"", "f:1: escape sequence that is not octal");
	fails("pid_file = \"\\1234\"",
	    "f:1: escape sequence that is not octal");
	fails("pid_file = \"\\777\"", "f:1: escape sequence above \\377");
	fails("pid_file = \"\\000\"", "f:1: NUL in a string");
	fails("pid_file = \"\\x0\"", "f:1: NUL in a string");
	fails("pid_file = \"\\x00\"", "f:1: NUL in a string");
}
END_TEST

START_TEST(replaces_variables)
{
	setenv("TINED_A", "x y", 1);
	unsetenv("TINED_B");
	gives("pid_file = {${TINED_A}, \"a${TINED_A}b\", '${TINED_A}'}",
	    "pid_file=x y@1,ax yb@1,${TINED_A}@1;{}");
	gives("pid_file = {${TINED_B}, ${TINED_B:-c:d}, ${TINED_A:-c}}",
	    "pid_file=@1,c:d@1,x y@1;{}");
}
END_TEST

START_TEST(refuses_words_that_must_be_quoted)
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
	fails("service a { \"nice\" = b }", "f:1: \"nice\": a name in quotes");
}
END_TEST

START_TEST(refuses_a_section_that_stays_open)
{
	fails("\nservice a {\n\nbuiltin = echo\n",
	    "f:2: section without its closing brace }");
	fails("service a {", "f:1: section without its closing brace }");
}
END_TEST

START_TEST(refuses_what_is_not_a_statement)
{
	fails("\n} = {", "f:2: unexpected closing brace");
	fails("{", "f:1: unexpected token '{'");
	fails("log_level =\n}", "f:2: unexpected token '}'");
	fails("log_level", "f:1: log_level: = or { is missing");
	fails("a b c", "f:1: a: = or { is missing");
	fails("include('a', 'b')", "f:1: include: takes (\"file\")");
	fails("include()", "f:1: include: takes (\"file\")");
	fails("include(", "f:1: include: takes (\"file\")");
}
END_TEST

START_TEST(refuses_sections_out_of_place)
{
	parse("service { nice = 1 }\ndefaults x { nice = 2 }\n"
	      "service a { service b { } nice = 3\ninclude('x') }");
	has("{}a@3{nice=3@3;}");
	ck_assert_uint_eq(errors.n, 4);
	ck_assert_str_eq(errors.v[0].text, "f:1: service: has no name");
	ck_assert_str_eq(errors.v[1].text, "f:2: defaults: takes no name");
	ck_assert_str_eq(errors.v[2].text,
	    "f:3: service: a section within a section");
	ck_assert_str_eq(errors.v[3].text,
	    "f:4: include: belongs outside of services");
}
END_TEST

START_TEST(refuses_bytes_that_are_not_text)
{
	fails("a\n\n\001", "f:3: byte 0x01: not a text file");
}
END_TEST

START_TEST(refuses_a_directive_given_twice_in_one_section)
{
	parse("log_level = info\nlog_level = debug\n"
	      "defaults { listen = a\nlisten += b\nlisten = c }\n"
	      "defaults { listen = d }");
	ck_assert_uint_eq(errors.n, 2);
	ck_assert(!tree.cut);
	ck_assert_str_eq(errors.v[0].text,
	    "f:2: log_level: given twice, first in line 1 (+= adds to a list)");
	ck_assert_str_eq(errors.v[1].text,
	    "f:5: listen: given twice, first in line 3 (+= adds to a list)");
	has("log_level=info@1;{listen=d@6;}");
}
END_TEST

START_TEST(is_not_deep_in_braces)
{
	size_t n = 500000;
	char *text = malloc(2 * n + 1);

	memset(text, '{', 2 * n);
	text[0] = 'a';
	text[2 * n] = '\0';
	parse(text);
	ck_assert(tree.cut);
	ck_assert_uint_eq(errors.n, 2);
	ck_assert_str_eq(errors.v[0].text, "f:1: a: unknown section");
	ck_assert_str_eq(errors.v[1].text, "f:1: } is missing");
	free(text);
}
END_TEST

START_TEST(reads_one_value)
{
	static const struct where here = { .file = "-o" };
	struct list items = { 0 };

	ck_assert(parse_value("{a,\n'b c'} # d", &here, &items, &errors));
	ck_assert_uint_eq(items.n, 2);
	ck_assert_str_eq(items.v[1].text, "b c");
	ck_assert_int_eq(items.v[1].where.line, 0);
	list_free(&items);
	ck_assert(!parse_value("{a} b", &here, &items, &errors));
	ck_assert_str_eq(errors.v[0].text, "tined: -o unexpected token 'b'");
	list_free(&items);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, passes_over_comments_and_counts_their_lines);
	tcase_add_test(tc, names_services_and_merges_defaults);
	tcase_add_test(tc, reads_lists);
	tcase_add_test(tc, passes_over_unknown_directives_with_their_values);
	tcase_add_test(tc, keeps_what_is_whole_before_an_error);
	tcase_add_test(tc,
	    says_where_a_string_or_comment_begins_that_never_ends);
	tcase_add_test(tc, reads_escapes);
	tcase_add_test(tc, replaces_variables);
	tcase_add_test(tc, refuses_words_that_must_be_quoted);
	tcase_add_test(tc, refuses_a_name_in_quotes);
	tcase_add_test(tc, refuses_a_section_that_stays_open);
	tcase_add_test(tc, refuses_what_is_not_a_statement);
	tcase_add_test(tc, refuses_sections_out_of_place);
	tcase_add_test(tc, refuses_bytes_that_are_not_text);
	tcase_add_test(tc, refuses_a_directive_given_twice_in_one_section);
	tcase_add_test(tc, is_not_deep_in_braces);
	tcase_add_test(tc, reads_one_value);
}

int
main(void)
{
	return runner_main("parse", add);
}
