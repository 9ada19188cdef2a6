/* SPDX-License-Identifier: ISC */
/*
 * tine status: what the services do.
 */
#include "config.h"

#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "tine/look/status_text.h"

static void
print(const struct look *l)
{
	struct table t = { .format = STATUS_COLUMNS };
	struct buf text = { 0 };
	uint32_t i;

	status_head(l, &text);
	fwrite(text.s, 1, text.len, stdout);
	text.len = 0;
	status_titles(&t);
	for (i = 0; i < l->view.o->nservices; i++)
		status_row(l, i, &t);
	table_print(&t, stdout);
	status_alarms(l, &text);
	fwrite(text.s, 1, text.len, stdout);
	free(text.s);
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
	char alarm[STATUS_ALARM_MAX];

	status_alarm(l, i, alarm, sizeof(alarm));
	printf("{\"name\": ");
	cli_json_string(s->name);
	printf(", \"state\": \"%s\", \"sessions\": %u, \"instances\": %u, "
	       "\"peak\": %u, \"new_per_second\": %.1f, "
	       "\"refused_per_second\": %.1f, \"queue\": %" PRIu64,
	    status_state(s), n->sessions, s->instances, n->peak,
	    status_rate(n, false), status_rate(n, true),
	    status_queue(l->view.o, i));
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
