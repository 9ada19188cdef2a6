/* SPDX-License-Identifier: ISC */
/*
 * The table of directives.  `--list` prints it, a line each of scope, name and
 * default: the test of the manual reads that.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/print.h"
#include "config/tree.h"
#include "config/value.h"
#include "runner.h"

#define NSCOPES 2

static const struct where nowhere;
static struct setting *global, *service;
static struct errors errors;

static void
setup(void)
{
	global = setting_new(SCOPE_GLOBAL);
	service = setting_new(SCOPE_SERVICE);
}

static void
teardown(void)
{
	setting_free(global);
	setting_free(service);
}

START_TEST(every_default_is_a_value)
{
	struct config c = { 0 };
	struct service_conf sc = { 0 };

	value_set_all(global, &c, &nowhere, &errors);
	value_set_all(service, &sc, &nowhere, &errors);
	ck_assert_uint_eq(errors.n, 0);
}
END_TEST

/* -T prints what the table and the manual say, but where another directive or
 * the system decides. */
START_TEST(every_default_is_printed_as_it_stands)
{
	struct service_conf sc = { 0 };
	struct setting *set;
	struct buf out = { 0 };
	char *text;

	for (set = service; set->d != NULL; set++) {
		value_set(set, &sc, &nowhere, &errors);
		print_value(&out, set->d, &sc);
		text = buf_string(&out);
		if (set->d->def[0] == '\0')
			ck_assert(strcmp(text, "{}") == 0 ||
			    strcmp(text, "\"\"") == 0);
		else if (text[0] != '"' &&
		    strcmp(set->d->name, "peer_timeout") != 0)
			ck_assert_str_eq(text, set->d->def);
		free(text);
		out = (struct buf) { 0 };
	}
}
END_TEST

START_TEST(no_name_stands_twice)
{
	const struct setting *set;

	for (set = global; set->d != NULL; set++)
		ck_assert_ptr_null(setting_find(service, set->d->name));
	for (set = service; set->d != NULL; set++)
		ck_assert_ptr_eq(setting_find(service, set->d->name), set);
}
END_TEST

START_TEST(every_row_is_found_and_has_its_place)
{
	const struct directive *rows, *d;
	struct setting *set;
	size_t i, n;
	int scope;

	for (scope = 0; scope < NSCOPES; scope++) {
		rows = directive_rows((enum scope)scope, &n);
		set = scope == SCOPE_GLOBAL ? global : service;
		for (i = 0; i < n; i++) {
			ck_assert_ptr_eq(setting_find(set, rows[i].name),
			    &set[i]);
			d = set[i].d;
			ck_assert_ptr_eq(d, &rows[i]);
			ck_assert(d->type != TYPE_CHOICE || d->choices != NULL);
		}
		ck_assert_ptr_null(set[n].d);
	}
	ck_assert_ptr_null(setting_find(service, "log_level"));
	ck_assert_ptr_null(setting_find(global, ""));
}
END_TEST

START_TEST(guesses_what_was_meant)
{
	char long_name[200];

	ck_assert_str_eq(directive_nearest(SCOPE_SERVICE, "per_sorce"),
	    "per_source");
	ck_assert_str_eq(directive_nearest(SCOPE_SERVICE, "lisetn"), "listen");
	ck_assert_str_eq(directive_nearest(SCOPE_GLOBAL, "loglevel"),
	    "log_level");
	ck_assert_ptr_null(directive_nearest(SCOPE_SERVICE, "zzzzzzzz"));
	ck_assert_ptr_null(directive_nearest(SCOPE_SERVICE, "x"));
	ck_assert_ptr_null(directive_nearest(SCOPE_SERVICE, ""));
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	ck_assert_ptr_null(directive_nearest(SCOPE_SERVICE, long_name));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_default_is_a_value);
	tcase_add_test(tc, every_default_is_printed_as_it_stands);
	tcase_add_test(tc, no_name_stands_twice);
	tcase_add_test(tc, every_row_is_found_and_has_its_place);
	tcase_add_test(tc, guesses_what_was_meant);
}

static void
print_rows(enum scope scope, const char *name)
{
	const struct directive *rows;
	size_t i, n;

	rows = directive_rows(scope, &n);
	for (i = 0; i < n; i++)
		printf("%s %s %s\n", name, rows[i].name,
		    rows[i].def[0] == '\0' ? "empty" : rows[i].def);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		print_rows(SCOPE_GLOBAL, "global");
		print_rows(SCOPE_SERVICE, "service");
		return EXIT_SUCCESS;
	}
	return runner_main("directive", add);
}
