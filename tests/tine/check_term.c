/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/ioctl.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tine/term.h"
#include "runner.h"

/* A terminal of that many columns. */
static int
terminal(unsigned short columns)
{
	struct winsize ws = { .ws_col = columns, .ws_row = 24 };
	int master = posix_openpt(O_RDWR | O_NOCTTY), fd;

	ck_assert_int_ge(master, 0);
	grantpt(master);
	unlockpt(master);
	fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(fd, 0);
	ioctl(fd, TIOCSWINSZ, &ws);
	return fd;
}

static void
environment(const char *term, const char *no_color)
{
	unsetenv("COLUMNS");
	unsetenv("TERM");
	unsetenv("NO_COLOR");
	setenv("LC_ALL", "C", 1);
	if (term != NULL)
		setenv("TERM", term, 1);
	if (no_color != NULL)
		setenv("NO_COLOR", no_color, 1);
}

START_TEST(a_terminal_is_live_and_coloured)
{
	struct term t;

	environment("xterm", NULL);
	t = term_look(terminal(100));
	ck_assert(t.live);
	ck_assert(t.color);
	ck_assert_int_eq(t.width, 100);
}
END_TEST

START_TEST(no_color_takes_the_colour_only)
{
	struct term t;

	environment("xterm", "1");
	t = term_look(terminal(80));
	ck_assert(t.live);
	ck_assert(!t.color);
	/* no-color.org: "when present and not an empty string" */
	environment("xterm", "");
	ck_assert(term_look(terminal(80)).color);
}
END_TEST

START_TEST(a_dumb_terminal_or_an_unknown_one_has_neither)
{
	static const char *const types[] = { "dumb", "", NULL };
	struct term t;
	size_t i;

	for (i = 0; i < 3; i++) {
		environment(types[i], NULL);
		t = term_look(terminal(80));
		ck_assert(!t.live);
		ck_assert(!t.color);
	}
}
END_TEST

START_TEST(what_is_no_terminal_has_neither)
{
	struct term t;
	int fd = open("/dev/null", O_RDWR);

	environment("xterm", NULL);
	t = term_look(fd);
	ck_assert(!t.live);
	ck_assert(!t.color);
	ck_assert_int_eq(t.width, 80);
	setenv("COLUMNS", "120", 1);
	ck_assert_int_eq(term_look(fd).width, 120);
	setenv("COLUMNS", "many", 1);
	ck_assert_int_eq(term_look(fd).width, 80);
}
END_TEST

START_TEST(widths_stay_within_reason)
{
	environment("xterm", NULL);
	ck_assert_int_eq(term_look(terminal(5)).width, 40);
	ck_assert_int_eq(term_look(terminal(1000)).width, 160);
	ck_assert_int_eq(term_look(terminal(0)).width, 80);
}
END_TEST

START_TEST(the_locale_decides_about_utf8)
{
	environment("xterm", NULL);
	ck_assert(!term_look(terminal(80)).utf8);
	setenv("LC_ALL", "C.UTF-8", 1);
	ck_assert(term_look(terminal(80)).utf8);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_terminal_is_live_and_coloured);
	tcase_add_test(tc, no_color_takes_the_colour_only);
	tcase_add_test(tc, a_dumb_terminal_or_an_unknown_one_has_neither);
	tcase_add_test(tc, what_is_no_terminal_has_neither);
	tcase_add_test(tc, widths_stay_within_reason);
	tcase_add_test(tc, the_locale_decides_about_utf8);
}

int
main(void)
{
	return runner_main("check_term", add);
}
