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

#include "tine/look/list_text.h"

struct list {
	struct look look; /* first, for its options */
	struct selector selector;
	uint64_t limit; /* 0: none */
};

static void
print(const struct list *l, const struct rows *rows, size_t n)
{
	struct table t = { .format = LIST_COLUMNS };
	const struct row *r;

	list_titles(&t);
	for (r = rows->v; r < rows->v + n; r++)
		list_row(&l->look, r, &t);
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
	    list_service(&l->look, r), r->id, list_service(&l->look, r),
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
	    list_state(&l->look, r));
}

static int
show(struct list *l)
{
	struct rows rows = { .n = 0 };
	size_t i, n;

	if (select_rows(&l->look, &l->selector, &rows) == -1) {
		if (errno == ENOENT)
			warnx("%s: no such service", l->selector.service);
		else
			warn("the list of sessions");
		return CLI_FAILURE;
	}
	n = l->limit != 0 && l->limit < rows.n ? (size_t)l->limit : rows.n;
	select_order(rows.v, rows.n, SELECT_AGE, 0, n);
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
