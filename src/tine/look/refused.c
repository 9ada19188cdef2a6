/* SPDX-License-Identifier: ISC */
/*
 * tine refused: the sources that were refused most, or the last refusals.
 */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>

#include "tine/look/refused.h"

static int
show(struct refused *r, struct finds *f)
{
	const uint64_t limit = r->last != 0 ? r->last : r->limit;
	size_t n;

	refused_sort(f);
	n = limit != 0 && limit < f->n ? (size_t)limit : f->n;
	if (r->look.ask.json)
		refused_print_json(f, n);
	else if (n > 0)
		refused_print(f, n);
	return cli_flush() == -1 || n == 0 ? CLI_FAILURE : 0;
}

static int
find_and_show(struct refused *r)
{
	struct finds f = { .r = r };
	struct tally tally = { .n = 0 };
	int64_t only = -1;
	uint32_t i;
	int status;

	if (r->service != NULL &&
	    (only = look_service(&r->look, r->service)) == -1) {
		warnx("%s: no such service", r->service);
		return CLI_FAILURE;
	}
	r->tally = &tally;
	for (i = 0; i < r->look.view.o->nservices; i++)
		if (only == -1 || only == i)
			view_refusals(&r->look.view, i, refused_take, &f);
	status = f.n == 0 ? CLI_FAILURE : show(r, &f);
	refused_tally_end(&tally);
	free(f.v);
	return status;
}

static int
refused_run(int argc, char **argv)
{
	struct refused r = { .look.ask.command = &command_refused };
	int status;

	cli_parse(&command_refused, argc, argv, &r);
	if (optind < argc)
		cli_usage(&command_refused, "%s: too many arguments",
		    argv[optind]);
	if ((status = look_open(&r.look)) != 0)
		return status;
	status = find_and_show(&r);
	look_end(&r.look);
	return status;
}

static const struct cli_option options[] = {
	LOOK_OPTION_JSON,
	{ 0, "last", "N", "the last N refusals instead of sources", cli_count,
	    offsetof(struct refused, last) },
	{ 0, "limit", "N", "only the N sources refused most", cli_count,
	    offsetof(struct refused, limit) },
	{ 's', "service", "NAME", "only by this service", cli_text,
	    offsetof(struct refused, service) },
	LOOK_OPTION_SOCKET,
	{ 0 },
};

const struct cli_command command_refused = {
	.name = "refused",
	.purpose = "show who was refused, and why",
	.usage =
	    "tine refused [options]\n"
	    "\n"
	    "Shows the sources that the running tined has refused most, the reason\n"
	    "of the last refusal, and what would happen to them now. Counts are\n"
	    "halved every ten minutes.\n",
	.options = options,
	.permutes = true,
	.notes =
	    "With --json each is an object in a line of its own.\n"
	    "Exit status: 0, 1 no connection was refused, 69 tined is not running,\n"
	    "77 not allowed, 64 wrong usage.\n",
	.run = refused_run,
};
