/* SPDX-License-Identifier: ISC */
/*
 * tine status: what the services do.
 */
#include "config.h"

#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tine/look/look.h"

#define RATE_S 10 /* over which rates are taken */

static const char *const states[] = { "serving", "paused", "draining",
	"retired" };

/* Sessions started or refused in a second, over the last whole ones. */
static double
rate(const struct view_sums *s, bool refused)
{
	uint32_t sum = 0;
	int i;

	for (i = 1; i <= RATE_S; i++)
		sum += refused ? s->recent[i].refused : s->recent[i].started;
	return (double)sum / RATE_S;
}

static uint64_t
queue_of(const struct overview_head *o, uint32_t service)
{
	const struct overview_listener *l = overview_listeners(o);
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < o->nlisteners; i++)
		if (l[i].service == service)
			sum += l[i].queue;
	return sum;
}

/* What an operator should know of a service at once; "" where all is well. */
static void
alarm_of(const struct look *l, uint32_t i, char *buf, size_t size)
{
	const struct overview_head *o = l->view.o;
	const struct overview_service *s = &overview_services(o)[i];
	const struct view_sums *n = &l->view.sums[i];
	const double refused = rate(n, true);

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
print_time(struct table *t, const struct view_sums *n, unsigned int thousandth)
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

static void
print_service(const struct look *l, uint32_t i, struct table *t)
{
	const struct overview_service *s = &overview_services(l->view.o)[i];
	const struct view_sums *n = &l->view.sums[i];
	char alarm[300];

	alarm_of(l, i, alarm, sizeof(alarm));
	table_cell(t, "%s", s->name);
	table_cell(t, "%s%s", alarm[0] != '\0' ? "! " : "  ",
	    states[s->state < 4 ? s->state : 0]);
	table_cell(t, "%u/%u", n->sessions, s->instances);
	table_cell(t, "%s", look_rate(rate(n, false)).s);
	table_cell(t, "%s", look_rate(rate(n, true)).s);
	table_cell(t, "%" PRIu64, queue_of(l->view.o, i));
	print_time(t, n, 500);
	print_time(t, n, 990);
}

static void
print_head(const struct look *l)
{
	const struct overview_head *o = l->view.o;
	const time_t when = (time_t)o->config_time;
	char at[32];
	struct tm tm;

	strftime(at, sizeof(at), "%H:%M:%S", localtime_r(&when, &tm));
	printf("tined %.*s  pid %d  up %s  configuration of %s, reload %s\n",
	    (int)strcspn(o->version, " "), o->version, (int)o->pid,
	    look_age(l->now - o->start_ms).s, at,
	    o->refused[0] != '\0' ? "refused" : "ok");
	if (l->silent)
		printf("! main does not answer; this was read without it\n");
	if (o->stopping)
		printf("! stopping: sessions are ending\n");
}

static void
print(const struct look *l)
{
	static const char *const titles[] = { "SERVICE", "  STATE", "SESSIONS",
		"NEW/s", "REFUSED/s", "QUEUE", "SPAWN p50", "p99" };
	const struct overview_service *s = overview_services(l->view.o);
	struct table t = { .format = "llrrrrrr" };
	char alarm[300];
	uint32_t i;

	print_head(l);
	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_cell(&t, "%s", titles[i]);
	for (i = 0; i < l->view.o->nservices; i++)
		print_service(l, i, &t);
	table_print(&t, stdout);
	if (l->view.o->refused[0] != '\0')
		printf("! %s\n", l->view.o->refused);
	for (i = 0; i < l->view.o->nservices; i++) {
		alarm_of(l, i, alarm, sizeof(alarm));
		if (alarm[0] != '\0')
			printf("! %s: %s\n", s[i].name, alarm);
	}
}

static void
json_histogram(const char *name, const struct view_sums *n,
    enum histogram_kind kind)
{
	const struct histogram *h = &n->n.histogram[kind];

	printf(", \"%s\": {\"count\": %" PRIu64 ", \"sum\": %" PRIu64, name,
	    histogram_total(h), (uint64_t)h->sum);
	printf(", \"p50\": %" PRIu64 ", \"p99\": %" PRIu64 "}",
	    histogram_quantile(h, kind, 500), histogram_quantile(h, kind, 990));
}

static void
json_counts(const struct view_sums *n)
{
	const char *comma = "";
	int i;

	printf(", \"accepted\": %" PRIu64 ", \"started\": %" PRIu64
	       ", \"received_bytes\": %" PRIu64 ", \"sent_bytes\": %" PRIu64
	       ", \"cpu_us\": %" PRIu64 ", \"log_records_lost\": %" PRIu64,
	    (uint64_t)n->n.accepted, (uint64_t)n->n.started, (uint64_t)n->n.in,
	    (uint64_t)n->n.out, (uint64_t)n->n.cpu_us, (uint64_t)n->n.lost);
	printf(", \"refused\": {");
	for (i = REFUSED_NOT + 1; i < REFUSED_REASONS; i++, comma = ", ")
		printf("%s\"%s\": %" PRIu64, comma,
		    refusal_name((enum refusal)i), (uint64_t)n->n.refused[i]);
	printf("}, \"ended\": {");
	for (i = 0, comma = ""; i < ENDED_HOW; i++, comma = ", ")
		printf("%s\"%s\": %" PRIu64, comma, ended_name((enum ended)i),
		    (uint64_t)n->n.how[i]);
	putchar('}');
}

static void
json_listeners(const struct overview_head *o, uint32_t service)
{
	const struct overview_listener *l = overview_listeners(o);
	const char *comma = "";
	uint32_t i;

	printf(", \"listeners\": [");
	for (i = 0; i < o->nlisteners; i++) {
		if (l[i].service != service)
			continue;
		printf("%s{\"address\": ", comma);
		cli_json_string(l[i].name);
		printf(", \"queue\": %u, \"queue_limit\": %u, "
		       "\"given_up\": %u}",
		    l[i].queue, l[i].queue_max, l[i].broken);
		comma = ", ";
	}
	putchar(']');
}

static void
json_service(const struct look *l, uint32_t i)
{
	const struct overview_service *s = &overview_services(l->view.o)[i];
	const struct view_sums *n = &l->view.sums[i];
	char alarm[300];

	alarm_of(l, i, alarm, sizeof(alarm));
	printf("{\"name\": ");
	cli_json_string(s->name);
	printf(", \"state\": \"%s\", \"sessions\": %u, \"instances\": %u, "
	       "\"peak\": %u, \"new_per_second\": %.1f, "
	       "\"refused_per_second\": %.1f, \"queue\": %" PRIu64,
	    states[s->state < 4 ? s->state : 0], n->sessions, s->instances,
	    n->peak, rate(n, false), rate(n, true), queue_of(l->view.o, i));
	json_histogram("spawn_us", n, HISTOGRAM_SPAWN);
	json_histogram("duration_ms", n, HISTOGRAM_DURATION);
	json_counts(n);
	printf(", \"acceptors\": {\"starting\": %u, \"ready\": %u, "
	       "\"draining\": %u, \"restarts\": %" PRIu64 "}",
	    s->starting, s->ready, s->draining, s->restarts);
	json_listeners(l->view.o, i);
	printf(", \"error\": ");
	cli_json_string(s->error);
	printf(", \"alarm\": ");
	cli_json_string(alarm);
	putchar('}');
}

static void
print_json(const struct look *l)
{
	const struct overview_head *o = l->view.o;
	uint32_t i;

	printf("{\"version\": ");
	cli_json_string(o->version);
	printf(", \"pid\": %d, \"up_ms\": %" PRId64 ", \"start_time\": %" PRId64
	       ", \"configuration_time\": %" PRId64 ", \"silent\": %s, "
	       "\"stopping\": %s, \"reloads\": {\"ok\": %" PRIu64
	       ", \"refused\": %" PRIu64 "}, \"refused\": ",
	    (int)o->pid, l->now - o->start_ms, o->start_time, o->config_time,
	    l->silent ? "true" : "false", o->stopping ? "true" : "false",
	    o->reloads_ok, o->reloads_refused);
	cli_json_string(o->refused);
	printf(", \"services\": [");
	for (i = 0; i < o->nservices; i++) {
		if (i > 0)
			printf(", ");
		json_service(l, i);
	}
	printf("]}\n");
}

static int
status_run(int argc, char **argv)
{
	struct look l = { .ask = { .command = &command_status } };
	int status;

	cli_parse(&command_status, argc, argv, &l);
	if (optind < argc)
		cli_usage(&command_status, "%s: too many arguments",
		    argv[optind]);
	if ((status = look_open(&l)) != 0)
		return status;
	if (l.ask.json)
		print_json(&l);
	else
		print(&l);
	look_end(&l);
	return cli_flush() == 0 ? 0 : CLI_FAILURE;
}

static const struct cli_option options[] = {
	LOOK_OPTION_JSON,
	LOOK_OPTION_SOCKET,
	{ 0 },
};

const struct cli_command command_status = {
	.name = "status",
	.purpose = "show what the services of a tined do",
	.usage =
	    "tine status [--json] [--socket path]\n"
	    "\n"
	    "Shows the services of the running tined: their state, sessions,\n"
	    "new and refused connections each second, clients in the queue,\n"
	    "and how long it takes to start a session.\n",
	.options = options,
	.permutes = true,
	.notes = "Exit status: 0, 69 tined is not running, 77 not allowed,\n"
		 "64 wrong usage.\n",
	.run = status_run,
};
