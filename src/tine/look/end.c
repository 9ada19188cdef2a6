/* SPDX-License-Identifier: ISC */
/*
 * tine end: ends sessions.
 */
#include "config.h"

#include <bsd/string.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "tine/look/select.h"

struct end {
	struct look look; /* first, for its options */
	struct selector selector;
	bool dry_run, now, yes;
};

static const char *
name_of(const struct end *e, const struct row *r)
{
	return overview_services(e->look.view.o)[r->service].name;
}

/* A selection that names nothing would end all sessions of all services. */
static bool
is_empty(const struct selector *s)
{
	return s->service == NULL && s->peer.addr.family == AF_UNSPEC &&
	    s->older == 0;
}

/* More than one is ended only after a confirmation, or with --yes. */
static bool
may_end(const struct end *e, const struct rows *rows)
{
	char line[8];

	if (rows->n == 1 || e->yes)
		return true;
	if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0)
		cli_usage(&command_end,
		    "%zu sessions match, and there is no terminal to ask: "
		    "--yes ends them",
		    rows->n);
	fprintf(stderr, "End %zu sessions? [y/N] ", rows->n);
	return fgets(line, sizeof(line), stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y');
}

static void
fill_in(const struct end *e, struct command_request *r)
{
	const struct selector *s = &e->selector;

	*r = (struct command_request) {
		.id = s->id, .ms = select_older_ms(s), .kill = e->now
	};
	if (s->peer.addr.family == AF_UNSPEC)
		return;
	r->family = s->peer.addr.family == AF_INET ? 4 : 6;
	r->bits = s->peer.bits;
	memcpy(r->network, s->peer.addr.ip, r->family == 4 ? 4 : 16);
}

static int
send_one(const struct end *e, const char *service)
{
	struct ask a = { .command = &command_end,
		.socket = e->look.ask.socket,
		.timeout = e->look.ask.timeout,
		.pidfd = -1 };
	int status;

	fill_in(e, &a.request);
	strlcpy(a.request.service, service, sizeof(a.request.service));
	if ((status = ask_send(&a, COMMAND_END_SESSIONS)) == 0) {
		status = ask_verdict(&a);
		close(a.fd);
		io_close(a.pidfd);
	}
	return status == 0 ? 0 : ask_print(&a, status);
}

/* A command for each service of which a session matches; 0, or an exit status with
 * the reason printed. */
static int
send_commands(const struct end *e, const struct rows *rows)
{
	const struct overview_head *o = e->look.view.o;
	bool *has = calloc(o->nservices, sizeof(*has));
	int status = 0;
	uint32_t i;
	size_t n;

	if (has == NULL)
		err(CLI_FAILURE, "services");
	for (n = 0; n < rows->n; n++)
		has[rows->v[n].service] = true;
	for (i = 0; i < o->nservices && status == 0; i++)
		if (has[i])
			status = send_one(e, overview_services(o)[i].name);
	free(has);
	return status;
}

static void
print(const struct end *e, const struct rows *rows)
{
	const char *verb = e->dry_run ? "would end" : "ending";
	char peer[ADDR_TEXT_MAX];
	const struct row *r;

	for (r = rows->v; r < rows->v + rows->n; r++) {
		addr_format(&r->peer, peer, sizeof(peer));
		if (e->look.ask.json)
			printf("{\"id\": \"%s/%" PRIu64 "\", \"peer\": \"%s\", "
			       "\"ended\": %s}\n",
			    name_of(e, r), r->id, peer,
			    e->dry_run ? "false" : "true");
		else
			printf("%s %s/%" PRIu64 " of %s\n", verb, name_of(e, r),
			    r->id, peer);
	}
}

static int
run(const struct end *e)
{
	struct rows rows = { .n = 0 };
	int status = CLI_FAILURE;

	if (select_rows(&e->look, &e->selector, &rows) == -1) {
		if (errno == ENOENT)
			warnx("%s: no such service", e->selector.service);
		else
			warn("the sessions");
		return CLI_FAILURE;
	}
	if (rows.n > 0 && (e->dry_run || may_end(e, &rows))) {
		select_order(rows.v, rows.n, SELECT_AGE, 0, rows.n);
		status = e->dry_run ? 0 : send_commands(e, &rows);
		if (status == 0)
			print(e, &rows);
	}
	/* A session may hide in what it can write; acceptors know their own. */
	if (rows.n == 0 && e->selector.service != NULL && !e->dry_run)
		(void)send_one(e, e->selector.service);
	free(rows.v);
	return cli_flush() == -1 && status == 0 ? CLI_FAILURE : status;
}

static int
end_run(int argc, char **argv)
{
	struct end e = { .look.ask.command = &command_end };
	const char *why;
	int status;

	cli_parse(&command_end, argc, argv, &e);
	if (argc - optind > 1)
		cli_usage(&command_end, "%s: too many arguments",
		    argv[optind + 1]);
	if (argc - optind == 1 &&
	    (why = select_id(&e.selector, argv[optind])) != NULL)
		cli_usage(&command_end, "%s: %s", argv[optind], why);
	if (is_empty(&e.selector))
		cli_usage(&command_end, "which sessions?");
	if ((status = look_open(&e.look)) != 0)
		return status;
	status = run(&e);
	look_end(&e.look);
	return status;
}

static const struct cli_option options[] = {
	{ 0, "dry-run", NULL, "only print what would be ended", cli_flag,
	    offsetof(struct end, dry_run) },
	LOOK_OPTION_JSON,
	{ 0, "now", NULL, "kill them at once", cli_flag,
	    offsetof(struct end, now) },
	SELECT_OPTIONS(struct end, selector),
	LOOK_OPTION_SOCKET,
	{ 'y', "yes", NULL, "do not ask when there are several", cli_flag,
	    offsetof(struct end, yes) },
	{ 0 },
};

const struct cli_command command_end = {
	.name = "end",
	.purpose = "end sessions of a tined",
	.usage =
	    "tine end [options] [service/number]\n"
	    "\n"
	    "Ends a session by its ID, or all that match the options. They get\n"
	    "TERM, and five seconds later KILL.\n",
	.options = options,
	.permutes = true,
	.notes =
	    "Exit status: 0, 1 no session matches or it was not confirmed, 69\n"
	    "tined is not running, 77 not allowed, 64 wrong usage.\n",
	.run = end_run,
};
