/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tine/look/status_text.h"

#define RATE_S   10   /* over which rates are taken */
#define QUEUE_MS 2000 /* for which a length of a queue is shown */

static const char *const states[] = { "serving", "paused", "draining",
	"retired" };

const char *
status_state(const struct overview_service *s)
{
	return states[s->state < sizeof(states) / sizeof(states[0]) ? s->state :
								      0];
}

double
status_rate(const struct view_sums *s, bool refused)
{
	uint32_t sum = 0;
	int i;

	for (i = 1; i <= RATE_S; i++)
		sum += refused ? s->recent[i].refused : s->recent[i].started;
	return (double)sum / RATE_S;
}

uint64_t
status_queue(const struct overview_head *o, uint32_t service)
{
	const struct overview_listener *l = overview_listeners(o);
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < o->nlisteners; i++)
		if (l[i].service == service)
			sum += l[i].queue;
	return sum;
}

void
status_alarm(const struct look *l, uint32_t i, char *buf, size_t size)
{
	const struct overview_head *o = l->view.o;
	const struct overview_service *s = &overview_services(o)[i];
	const struct view_sums *n = &l->view.sums[i];
	const double refused = status_rate(n, true);

	buf[0] = '\0';
	if (n->blind)
		snprintf(buf, size, "its counts cannot be read");
	else if (s->ready == 0 && s->state == OVERVIEW_SERVING)
		snprintf(buf, size, "no acceptor is ready: %s", s->error);
	else if (n->sessions >= s->instances && s->instances != 0)
		snprintf(buf, size, "full, %s/s refused: tine list -s %s",
		    look_rate(refused).s, s->name);
	else if (refused > 0)
		snprintf(buf, size, "%s/s refused: tine refused -s %s",
		    look_rate(refused).s, s->name);
}

static void
add_time(struct table *t, const struct view_sums *n, unsigned int thousandth)
{
	const uint64_t us = histogram_quantile(&n->n.histogram[HISTOGRAM_SPAWN],
	    HISTOGRAM_SPAWN, thousandth);

	if (us == 0)
		table_cell(t, "-");
	else if (us == UINT64_MAX)
		table_cell(t, "over 10 s");
	else if (us < 1000)
		table_cell(t, "%" PRIu64 " us", us);
	else if (us < 1000000)
		table_cell(t, "%" PRIu64 " ms", us / 1000);
	else
		table_cell(t, "%" PRIu64 " s", us / 1000000);
}

/* Main samples the queues when it is asked. */
static void
add_queue(const struct look *l, uint32_t i, struct table *t)
{
	if (l->now - l->asked > QUEUE_MS)
		table_cell(t, "-");
	else
		table_cell(t, "%" PRIu64, status_queue(l->view.o, i));
}

void
status_titles(struct table *t)
{
	static const char *const titles[] = { "SERVICE", "  STATE", "SESSIONS",
		"NEW/s", "REFUSED/s", "QUEUE", "SPAWN p50", "p99" };
	size_t i;

	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_cell(t, "%s", titles[i]);
}

void
status_row(const struct look *l, uint32_t i, struct table *t)
{
	const struct overview_service *s = &overview_services(l->view.o)[i];
	const struct view_sums *n = &l->view.sums[i];
	char alarm[STATUS_ALARM_MAX];

	status_alarm(l, i, alarm, sizeof(alarm));
	table_cell(t, "%s", s->name);
	table_cell(t, "%s%s", alarm[0] != '\0' ? "! " : "  ", status_state(s));
	table_cell(t, "%u/%u", n->sessions, s->instances);
	table_cell(t, "%s", look_rate(status_rate(n, false)).s);
	table_cell(t, "%s", look_rate(status_rate(n, true)).s);
	add_queue(l, i, t);
	add_time(t, n, 500);
	add_time(t, n, 990);
}

/* Without what could control a terminal: an acceptor can have written it. */
static void
add_line(struct buf *text, const char *fmt, ...)
{
	char line[512], *c;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (c = line; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
			*c = '?';
	buf_str(text, line);
	buf_char(text, '\n');
}

void
status_head(const struct look *l, struct buf *text)
{
	const struct overview_head *o = l->view.o;
	const time_t when = (time_t)o->config_time;
	char at[32];
	struct tm tm;

	strftime(at, sizeof(at), "%H:%M:%S", localtime_r(&when, &tm));
	add_line(text,
	    "tined %.*s  pid %d  up %s  configuration of %s, reload %s",
	    (int)strcspn(o->version, " "), o->version, (int)o->pid,
	    look_age(l->now - o->start_ms).s, at,
	    o->refused[0] != '\0' ? "refused" : "ok");
	if (l->silent)
		add_line(text,
		    "! main does not answer; this was read without it");
	if (o->stopping)
		add_line(text, "! stopping: sessions are ending");
}

void
status_alarms(const struct look *l, struct buf *text)
{
	const struct overview_service *s = overview_services(l->view.o);
	char alarm[STATUS_ALARM_MAX];
	uint32_t i;

	if (l->view.o->refused[0] != '\0')
		add_line(text, "! %s", l->view.o->refused);
	for (i = 0; i < l->view.o->nservices; i++) {
		status_alarm(l, i, alarm, sizeof(alarm));
		if (alarm[0] != '\0')
			add_line(text, "! %s: %s", s[i].name, alarm);
	}
}
