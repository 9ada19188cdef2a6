/* SPDX-License-Identifier: ISC */
/*
 * tine list: the sessions.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "tine/look/select.h"

struct list {
	struct look look; /* first, for its options */
	struct selector selector;
	uint64_t limit; /* 0: none */
};

static const char *
name_of(const struct list *l, const struct row *r)
{
	return overview_services(l->look.view.o)[r->service].name;
}

/* Past max_time a session is being ended. */
static const char *
state_of(const struct list *l, const struct row *r)
{
	return r->until_ms != 0 && r->until_ms <= l->look.now ? "ending" :
								"running";
}

static void
print(const struct list *l, const struct rows *rows, size_t n)
{
	static const char *const titles[] = { "ID", "PEER", "AGE", "IN", "OUT",
		"PID", "STATE" };
	struct table t = { .format = "llrrrrl" };
	char peer[ADDR_TEXT_MAX];
	const struct row *r;
	size_t i;

	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_cell(&t, "%s", titles[i]);
	for (r = rows->v; r < rows->v + n; r++) {
		table_cell(&t, "%s/%" PRIu64, name_of(l, r), r->id);
		table_cell(&t, "%s", addr_format(&r->peer, peer, sizeof(peer)));
		table_cell(&t, "%s", look_age(l->look.now - r->start_ms).s);
		table_cell(&t, "%s", r->program ? "-" : look_amount(r->in).s);
		table_cell(&t, "%s", r->program ? "-" : look_amount(r->out).s);
		table_cell(&t, "%d", (int)r->pid);
		table_cell(&t, "%s", state_of(l, r));
	}
	table_print(&t, stdout);
	if (n < rows->n)
		printf("and %zu more\n", rows->n - n);
}

static void
print_json(const struct list *l, const struct row *r)
{
	char peer[ADDR_TEXT_MAX], local[ADDR_TEXT_MAX];

	printf("{\"id\": \"%s/%" PRIu64 "\", \"service\": \"%s\", "
	       "\"peer\": \"%s\", \"local\": \"%s\", \"age_ms\": %" PRId64,
	    name_of(l, r), r->id, name_of(l, r),
	    addr_format(&r->peer, peer, sizeof(peer)),
	    r->local.family == AF_INET || r->local.family == AF_INET6 ?
		addr_format(&r->local, local, sizeof(local)) :
		"",
	    l->look.now - r->start_ms);
	if (r->until_ms != 0)
		printf(", \"left_ms\": %" PRId64, r->until_ms - l->look.now);
	if (!r->program)
		printf(", \"in\": %" PRIu64 ", \"out\": %" PRIu64, r->in,
		    r->out);
	printf(", \"pid\": %d, \"state\": \"%s\"}\n", (int)r->pid,
	    state_of(l, r));
}

static int
show(struct list *l)
{
	struct rows rows;
	size_t i, n;

	if (select_rows(&l->look, &l->selector, &rows) == -1) {
		if (errno == ENOENT)
			warnx("%s: no such service", l->selector.service);
		else
			warn("the list of sessions");
		return CLI_FAILURE;
	}
	n = l->limit != 0 && l->limit < rows.n ? (size_t)l->limit : rows.n;
	if (l->look.ask.json)
		for (i = 0; i < n; i++)
			print_json(l, &rows.v[i]);
	else if (n > 0)
		print(l, &rows, n);
	free(rows.v);
	if (cli_flush() == -1 || n == 0)
		return CLI_FAILURE;
	return 0;
}

static int
list_run(int argc, char **argv)
{
	struct list l = { .look.ask.command = &command_list };
	const char *why;
	int status;

	cli_parse(&command_list, argc, argv, &l);
	if (argc - optind > 1)
		cli_usage(&command_list, "%s: too many arguments",
		    argv[optind + 1]);
	if (argc - optind == 1 &&
	    (why = select_id(&l.selector, argv[optind])) != NULL)
		cli_usage(&command_list, "%s: %s", argv[optind], why);
	if ((status = look_open(&l.look)) != 0)
		return status;
	status = show(&l);
	look_end(&l.look);
	return status;
}

static const struct cli_option options[] = {
	LOOK_OPTION_JSON,
	{ 0, "limit", "N", "only the N oldest", cli_count,
	    offsetof(struct list, limit) },
	SELECT_OPTIONS(struct list, selector),
	LOOK_OPTION_SOCKET,
	{ 0 },
};

const struct cli_command command_list = {
	.name = "list",
	.purpose = "list the sessions of a tined",
	.usage =
	    "tine list [options] [service/number]\n"
	    "\n"
	    "Lists the sessions of the running tined, the oldest first: of one\n"
	    "service, from one network, or one alone by its ID.\n",
	.options = options,
	.permutes = true,
	.notes =
	    "With --json each session is an object in a line of its own.\n"
	    "Exit status: 0, 1 no session matches, 69 tined is not running,\n"
	    "77 not allowed, 64 wrong usage.\n",
	.run = list_run,
};
