/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tine/look/list_text.h"
#include "tine/look/status_text.h"
#include "tine/look/top_screen.h"
#include "tine/term.h"

#define ESCAPE_MS  25 /* in which the rest of a key's sequence comes */
#define PAIR_ALARM 1

static SCREEN *screen;
static chtype
    alarm_look; /* of a line that is one: red where there are colours */

/* Kept, so that columns do not move from one second to the next. */
static struct table services = { .format = STATUS_COLUMNS };
static struct table sessions = { .format = LIST_COLUMNS };

static const char *const keys[SELECT_KEYS] = { "age", "in", "out", "peer" };

static const char *const help[] = {
	"/            show only sessions whose peer or service contains a text;",
	"             Enter keeps it, Esc removes it",
	"s            sort by the next of age, in, out, peer",
	"space        freeze the display, and go on",
	"Up, Down     move the cursor, which stays with its session",
	"PgUp, PgDn   the same, a page; Home, End",
	"Esc          remove the cursor, back to the top",
	"^L           draw the screen again",
	"q            quit",
	"",
	"Any key ends this help.",
};

static void
end(void)
{
	endwin();
	delscreen(screen);
}

const char *
top_screen_open(void)
{
	const struct term term = term_look(STDOUT_FILENO);
	const char *up;

	if ((screen = newterm(NULL, stdout, stdin)) == NULL)
		return "unknown type of terminal (TERM)";
	up = tigetstr("cup");
	if (!term.live || up == NULL || up == (char *)-1) {
		end();
		return "the terminal cannot move its cursor (TERM)";
	}
	alarm_look = A_BOLD;
	if (term.color && has_colors() && start_color() == OK &&
	    use_default_colors() == OK &&
	    init_pair(PAIR_ALARM, COLOR_RED, -1) == OK)
		alarm_look |= COLOR_PAIR(PAIR_ALARM);
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	(void)curs_set(0);
	return NULL;
}

void
top_screen_close(void)
{
	/* A terminal without a second screen keeps what was drawn. */
	move(LINES - 1, 0);
	clrtoeol();
	refresh();
	end();
	table_end(&services);
	table_end(&sessions);
}

int
top_screen_key(void)
{
	return getch();
}

void
top_screen_redraw(void)
{
	clearok(stdscr, TRUE);
	table_end(&services);
	table_end(&sessions);
}

/* One line, cut at the edge; reversed over the whole width. */
static void
put(int y, chtype attributes, const char *mark, const char *text)
{
	int x;
	char c;

	move(y, 0);
	for (x = 0; x < COLS; x++) {
		c = ' ';
		if (*mark != '\0')
			c = *mark++;
		else if (*text != '\0')
			c = *text++;
		else if ((attributes & A_REVERSE) == 0)
			return;
		addch((c >= 0x20 && c < 0x7f ? (chtype)c : '?') | attributes);
	}
}

/* Whole lines of text, above row end.  The row below them. */
static int
put_text(int y, int end, struct buf *text)
{
	char *rest = buf_string(text), *line;

	while (y < end && (line = strsep(&rest, "\n")) != NULL &&
	    line[0] != '\0')
		put(y++, line[0] == '!' ? alarm_look : A_BOLD, "", line);
	return y;
}

static uint32_t
count_lines(const struct buf *text)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < text->len; i++)
		n += text->s[i] == '\n';
	return n;
}

/* Where not all have room, those with an alarm are first. */
static uint32_t
add_services(const struct look *l, uint32_t most)
{
	const uint32_t n = l->view.o->nservices;
	char alarm[STATUS_ALARM_MAX];
	uint32_t i, added = 0;
	int calm;

	for (calm = 0; calm < 2 && n > most; calm++)
		for (i = 0; i < n && added < most; i++) {
			status_alarm(l, i, alarm, sizeof(alarm));
			if ((alarm[0] == '\0') != calm)
				continue;
			status_row(l, i, &services);
			added++;
		}
	for (i = 0; i < n && n <= most; i++, added++)
		status_row(l, i, &services);
	return added;
}

/* The table of the services, above row end.  The row below it. */
static int
draw_services(const struct look *l, int y, int end)
{
	const uint32_t n = l->view.o->nservices;
	const char *line;
	uint32_t room, left;
	char more[64];

	if (end - y < 2)
		return y;
	room = (uint32_t)(end - y - 1);
	status_titles(&services);
	if (n > room && room > 2)
		room--;
	left = n - add_services(l, room);
	put(y++, A_REVERSE, "", table_line(&services));
	while ((line = table_line(&services)) != NULL)
		put(y++, strstr(line, " ! ") != NULL ? alarm_look : 0, "",
		    line);
	if (left > 0 && y < end) {
		snprintf(more, sizeof(more), "and %u more: tine status", left);
		put(y++, A_BOLD, "", more);
	}
	return y;
}

/* What tine status prints, above row end.  The row below it. */
static int
draw_status(const struct top *t, int end)
{
	struct buf head = { 0 }, alarms = { 0 };
	uint32_t room, nalarms;
	int y;

	status_head(&t->look, &head);
	if (t->note[0] != '\0') {
		buf_str(&head, "! ");
		buf_str(&head, t->note);
		buf_char(&head, '\n');
	}
	y = put_text(0, end, &head);
	room = (uint32_t)(end - y);
	status_alarms(&t->look, &alarms);
	nalarms = count_lines(&alarms);
	if (t->look.view.o->nservices + 1 + nalarms > room &&
	    nalarms > room / 3)
		nalarms = room / 3;
	y = draw_services(&t->look, y, end - (int)nalarms);
	y = put_text(y, end, &alarms);
	free(head.s);
	free(alarms.s);
	return y;
}

/* The window of the list, between these rows. */
static void
draw_list(struct top *t, int y, int end)
{
	struct top_list *list = &t->list;
	const char *line;
	size_t i;

	list->height = end - y < 2 ? 0 : (size_t)(end - y - 1);
	top_list_arrange(list, &t->look);
	if (list->height == 0)
		return;
	list_titles(&sessions);
	for (i = list->first; i < list->n && i < list->first + list->height;
	     i++)
		list_row(&t->look, &list->rows.v[i], &sessions);
	put(y++, A_REVERSE, "  ", table_line(&sessions));
	for (i = list->first; (line = table_line(&sessions)) != NULL; i++)
		if (list->id != 0 && i == list->at)
			put(y++, A_REVERSE, "> ", line);
		else
			put(y++, 0, "  ", line);
}

/* The last row: what is shown of the list, and the most important keys. */
static void
draw_foot(const struct top *t)
{
	const struct top_list *list = &t->list;
	char text[160 + TOP_FILTER_MAX];

	if (t->mode == TOP_FILTER)
		snprintf(text, sizeof(text), "filter: %s_", list->filter);
	else if (list->filter[0] != '\0')
		snprintf(text, sizeof(text),
		    "%s%zu of %zu sessions with %s, by %s  ? help  q quit",
		    t->frozen ? "FROZEN  " : "", list->n, list->rows.n,
		    list->filter, keys[list->key]);
	else
		snprintf(text, sizeof(text),
		    "%s%zu sessions, by %s  ? help  q quit",
		    t->frozen ? "FROZEN  " : "", list->n, keys[list->key]);
	put(LINES - 1, A_REVERSE, "", text);
}

static void
draw_help(void)
{
	size_t i;

	for (i = 0; i < sizeof(help) / sizeof(help[0]) && (int)i < LINES; i++)
		put((int)i, 0, "", help[i]);
}

void
top_screen_draw(struct top *t)
{
	const int body = LINES - 1;
	int list = body / 2; /* its part: half, or what it needs */

	erase();
	if (t->mode == TOP_HELP) {
		draw_help();
	} else {
		if (t->list.rows.n + 1 < (size_t)list)
			list = (int)t->list.rows.n + 1;
		draw_list(t, draw_status(t, body - list), body);
		draw_foot(t);
	}
	refresh();
}
