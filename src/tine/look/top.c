/* SPDX-License-Identifier: ISC */
/*
 * tine top: the services and the sessions, once a second.
 */
#include "config.h"

#include <bsd/string.h>
#include <curses.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tine/interrupt.h"
#include "tine/look/top_screen.h"

#define REFRESH_MS 1000
#define RETRY_MS   3000 /* from a request that main did not answer */

#define KEY_ESCAPE   27
#define KEY_REDRAW   ('L' & 0x1f)
#define KEY_RUBOUT   127
#define KEY_SUBMIT   '\r'
#define KEY_NEW_LINE '\n'

/* What main had when it was asked. */
static void
note_newest(struct top *t)
{
	const struct overview_head *o = t->look.view.o;
	const struct overview_service *s = overview_services(o);
	uint32_t i;

	t->newest = 0;
	for (i = 0; i < o->nservices; i++)
		if (s[i].number > t->newest)
			t->newest = s[i].number;
	t->seq = o->seq;
}

/* Whether main must be asked: it has ended, or has a service whose scoreboard it
 * had not when it was asked, or answers again after it did not. */
static bool
must_ask(const struct top *t)
{
	const struct overview_head *o = t->look.view.o;
	const struct overview_service *s = overview_services(o);
	uint32_t i;

	if (look_has_ended(&t->look) || (t->look.silent && o->seq != t->seq))
		return true;
	for (i = 0; i < o->nservices; i++)
		if (t->look.view.sums[i].blind && s[i].number > t->newest)
			return true;
	return false;
}

static void
ask_main(struct top *t)
{
	if (t->look.now < t->ask_at)
		return;
	if (look_renew(&t->look) == 0) {
		t->note[0] = '\0';
		note_newest(t);
		return;
	}
	snprintf(t->note, sizeof(t->note), "%s: %.160s",
	    look_has_ended(&t->look) ? "tined has ended" :
				       "main does not show its new services",
	    t->look.ask.last);
	t->ask_at = clock_ms() + RETRY_MS;
}

/* Reads all that is shown.  0, or an exit status with look.ask.last. */
static int
read_all(struct top *t)
{
	const int status = look_again(&t->look);

	if (status != 0)
		return status;
	if (must_ask(t))
		ask_main(t);
	else
		t->note[0] = '\0';
	if (top_list_read(&t->list, &t->look) == 0)
		return 0;
	snprintf(t->look.ask.last, sizeof(t->look.ask.last),
	    "the list of sessions: %s", strerror(errno));
	return CLI_FAILURE;
}

static void
edit_filter(struct top *t, int key)
{
	char *filter = t->list.filter;
	const size_t len = strlen(filter);

	switch (key) {
	case KEY_SUBMIT:
	case KEY_NEW_LINE:
	case KEY_ENTER:
		t->mode = TOP_LIST;
		break;
	case KEY_ESCAPE:
		filter[0] = '\0';
		t->mode = TOP_LIST;
		break;
	case KEY_BACKSPACE:
	case KEY_RUBOUT:
	case '\b':
		if (len > 0)
			filter[len - 1] = '\0';
		break;
	default:
		if (key >= ' ' && key < KEY_RUBOUT &&
		    len + 1 < TOP_FILTER_MAX) {
			filter[len] = (char)key;
			filter[len + 1] = '\0';
		}
	}
}

/* The rows that a key moves the cursor by, 0: none. */
static long
way_of(const struct top *t, int key)
{
	const long page = t->list.height > 1 ? (long)t->list.height - 1 : 1;

	switch (key) {
	case KEY_UP:
		return -1;
	case KEY_DOWN:
		return 1;
	case KEY_PPAGE:
		return -page;
	case KEY_NPAGE:
		return page;
	case KEY_HOME:
		return -(long)t->list.n;
	case KEY_END:
		return (long)t->list.n;
	default:
		return 0;
	}
}

static void
press(struct top *t, int key)
{
	long rows;

	switch (key) {
	case '/':
		t->mode = TOP_FILTER;
		break;
	case 's':
		t->list.key = (t->list.key + 1) % SELECT_KEYS;
		break;
	case ' ':
		t->frozen = !t->frozen;
		break;
	case '?':
		t->mode = TOP_HELP;
		break;
	case 'q':
		t->quit = true;
		break;
	case KEY_ESCAPE:
		top_list_leave(&t->list);
		break;
	default:
		rows = way_of(t, key);
		if (rows != 0)
			top_list_move(&t->list, &t->look, rows);
	}
}

static void
handle(struct top *t, int key)
{
	if (key == KEY_REDRAW)
		top_screen_redraw();
	else if (key == KEY_RESIZE)
		return;
	else if (t->mode == TOP_HELP)
		t->mode = TOP_LIST;
	else if (t->mode == TOP_FILTER)
		edit_filter(t, key);
	else
		press(t, key);
}

/* Waits for a key, a signal or the time.  False: the terminal has gone. */
static bool
wait_for_key(int64_t until)
{
	struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec ts;

	if (ppoll(&pfd, 1, clock_timeout(until, clock_ms(), &ts),
		interrupt_mask()) <= 0)
		return true;
	return (pfd.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

static int
show(struct top *t)
{
	int64_t next = 0;
	int key, status;

	while (!t->quit && !interrupted()) {
		if (clock_ms() >= next) {
			if (!t->frozen && (status = read_all(t)) != 0)
				return status;
			next = clock_ms() + REFRESH_MS;
		}
		top_screen_draw(t);
		if (!wait_for_key(next))
			break;
		while ((key = top_screen_key()) != ERR)
			handle(t, key);
	}
	return 0;
}

static int
run_on_screen(struct top *t)
{
	const char *why;
	int status;

	interrupt_catch();
	if ((why = top_screen_open()) != NULL) {
		warnx("%s", why);
		return CLI_FAILURE;
	}
	status = show(t);
	top_screen_close();
	if (status != 0)
		warnx("%s", t->look.ask.last);
	return status;
}

static int
top_run(int argc, char **argv)
{
	struct top t = { .look.ask.command = &command_top };
	int status;

	cli_parse(&command_top, argc, argv, &t);
	if (optind < argc)
		cli_usage(&command_top, "%s: too many arguments", argv[optind]);
	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
		warnx("top needs a terminal as standard %s; "
		      "tine status and tine list do not",
		    isatty(STDOUT_FILENO) ? "input" : "output");
		return CLI_FAILURE;
	}
	if ((status = look_open(&t.look)) != 0)
		return status;
	note_newest(&t);
	status = run_on_screen(&t);
	top_list_end(&t.list);
	look_end(&t.look);
	return status;
}

static const struct cli_option options[] = {
	LOOK_OPTION_SOCKET,
	{ 0 },
};

const struct cli_command command_top = {
	.name = "top",
	.purpose = "watch the services and sessions of a tined",
	.usage =
	    "tine top [--socket path]\n"
	    "\n"
	    "Shows what tine status and tine list show of the running tined, on the\n"
	    "whole terminal, and anew each second.  Keys: / filter, s sort,\n"
	    "space freeze, arrows and page keys move the cursor, ? help, q quit.\n",
	.options = options,
	.notes =
	    "Exit status: 0, 1 no terminal, 69 tined is not running, 77 not\n"
	    "allowed, 64 wrong usage.\n",
	.run = top_run,
};
