/* SPDX-License-Identifier: ISC */
/*
 * tine show: all that is known of one session.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tine/look/diag.h"
#include "tine/look/select.h"

struct show {
	struct look look; /* first, for its options */
	struct selector selector;
};

/* Of /proc/PID, proc(5). */
struct process {
	double cpu_s;
	uint64_t memory; /* bytes in RAM; 0: not to be read */
};

/* What is known of a session; what is not is false. */
struct facts {
	const struct overview_service *service;
	const struct row *row;
	bool has_process, has_tcp;
	struct process process;
	struct tcp_info tcp;
};

/* The first line of /proc/PID/NAME that begins so: what is behind it, or NULL. */
static char *
find_line(pid_t pid, const char *name, const char *begin, char *line, int size)
{
	char path[48], *found = NULL;
	FILE *fp;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	if ((fp = fopen(path, "re")) == NULL)
		return NULL;
	while (found == NULL && fgets(line, size, fp) != NULL)
		if (strncmp(line, begin, strlen(begin)) == 0)
			found = line + strlen(begin);
	fclose(fp);
	return found;
}

/* The CPU time is in fields 14 and 15, behind the name, which may have any character
 * but a newline; memory by smaps_rollup, because the kernel's counters are not exact
 * for small ones. */
static bool
read_process(pid_t pid, struct process *p)
{
	unsigned long long ticks;
	char line[1024], *at;
	int field;

	at = find_line(pid, "stat", "", line, sizeof(line));
	if (at == NULL || (at = strrchr(at, ')')) == NULL)
		return false;
	for (field = 2; field < 14 && at != NULL; field++)
		at = strchr(at + 1, ' ');
	if (at == NULL)
		return false;
	ticks = strtoull(at, &at, 10);
	ticks += strtoull(at, &at, 10);
	p->cpu_s = (double)ticks / (double)sysconf(_SC_CLK_TCK);
	at = find_line(pid, "smaps_rollup", "Rss:", line, sizeof(line));
	p->memory = at == NULL ? 0 : strtoull(at, NULL, 10) * 1024;
	return true;
}

static bool
is_inet(const struct addr *a)
{
	return a->family == AF_INET || a->family == AF_INET6;
}

static void
find_facts(const struct show *s, const struct row *r, struct facts *f)
{
	*f = (struct facts) { .row = r,
		.service = &overview_services(s->look.view.o)[r->service] };
	f->has_process = read_process(r->pid, &f->process);
	f->has_tcp = is_inet(&r->local) &&
	    diag_tcp(&r->local, &r->peer, &f->tcp) == 0;
}

static const char *
local_text(const struct row *r, char *buf, size_t size)
{
	return is_inet(&r->local) ? addr_format(&r->local, buf, size) : "unix";
}

static void
print_tcp(const struct tcp_info *t)
{
	printf("round trip   %s, varies by %s\n",
	    units_print_time(t->tcpi_rtt * 1e3).s,
	    units_print_time(t->tcpi_rttvar * 1e3).s);
	printf("TCP          received %s, sent %s, sent again %u, "
	       "last data %s ago\n",
	    units_print_bytes((double)t->tcpi_bytes_received).s,
	    units_print_bytes((double)t->tcpi_bytes_sent).s,
	    t->tcpi_total_retrans,
	    look_age(t->tcpi_last_data_recv < t->tcpi_last_data_sent ?
		    t->tcpi_last_data_recv :
		    t->tcpi_last_data_sent)
		.s);
}

static void
print(const struct show *s, const struct facts *f)
{
	char peer[ADDR_TEXT_MAX], local[ADDR_TEXT_MAX];
	const struct row *r = f->row;

	printf("%s/%" PRIu64 "  %s -> %s\n", f->service->name, r->id,
	    addr_format(&r->peer, peer, sizeof(peer)),
	    local_text(r, local, sizeof(local)));
	printf("age          %s\n", look_age(s->look.now - r->start_ms).s);
	if (r->until_ms != 0)
		printf("max_time     ends it in %s\n",
		    look_age(r->until_ms - s->look.now).s);
	if (f->service->idle_ms != 0 && !r->program)
		printf("idle_timeout %s\n", look_age(f->service->idle_ms).s);
	if (!r->program)
		printf("bytes        received %s, sent %s\n",
		    units_print_bytes((double)r->in).s,
		    units_print_bytes((double)r->out).s);
	printf("process      %d", (int)r->pid);
	if (f->has_process)
		printf(", CPU %.2f s", f->process.cpu_s);
	if (f->process.memory != 0)
		printf(", memory %s",
		    units_print_bytes((double)f->process.memory).s);
	putchar('\n');
	if (f->has_tcp)
		print_tcp(&f->tcp);
}

static void
print_json(const struct show *s, const struct facts *f)
{
	char peer[ADDR_TEXT_MAX], local[ADDR_TEXT_MAX];
	const struct tcp_info *t = &f->tcp;
	const struct row *r = f->row;

	printf("{\"id\": \"%s/%" PRIu64 "\", \"service\": \"%s\", "
	       "\"peer\": \"%s\", \"local\": \"%s\", \"age_ms\": %" PRId64
	       ", \"pid\": %d",
	    f->service->name, r->id, f->service->name,
	    addr_format(&r->peer, peer, sizeof(peer)),
	    local_text(r, local, sizeof(local)), s->look.now - r->start_ms,
	    (int)r->pid);
	if (r->until_ms != 0)
		printf(", \"left_ms\": %" PRId64, r->until_ms - s->look.now);
	if (!r->program)
		printf(", \"idle_timeout_ms\": %" PRId64 ", \"in\": %" PRIu64
		       ", \"out\": %" PRIu64,
		    f->service->idle_ms, r->in, r->out);
	if (f->has_process)
		printf(", \"cpu_s\": %.2f", f->process.cpu_s);
	if (f->process.memory != 0)
		printf(", \"memory_bytes\": %" PRIu64, f->process.memory);
	if (f->has_tcp)
		printf(", \"rtt_us\": %u, \"retransmissions\": %u, "
		       "\"tcp_received\": %" PRIu64 ", \"tcp_sent\": %" PRIu64
		       ", \"last_data_ms\": %u",
		    t->tcpi_rtt, t->tcpi_total_retrans,
		    (uint64_t)t->tcpi_bytes_received,
		    (uint64_t)t->tcpi_bytes_sent,
		    t->tcpi_last_data_recv < t->tcpi_last_data_sent ?
			t->tcpi_last_data_recv :
			t->tcpi_last_data_sent);
	printf("}\n");
}

static int
find_and_print(const struct show *s)
{
	struct rows rows = { .n = 0 };
	struct facts f;

	if (select_rows(&s->look, &s->selector, &rows) == -1 &&
	    errno != ENOENT) {
		warn("the session");
		return CLI_FAILURE;
	}
	if (rows.n == 0) {
		warnx("%s/%" PRIu64 ": no such session", s->selector.service,
		    s->selector.id);
		return CLI_FAILURE;
	}
	find_facts(s, rows.v, &f);
	if (s->look.ask.json)
		print_json(s, &f);
	else
		print(s, &f);
	free(rows.v);
	return cli_flush() == 0 ? 0 : CLI_FAILURE;
}

static int
show_run(int argc, char **argv)
{
	struct show s = { .look.ask.command = &command_show };
	const char *why;
	int status;

	cli_parse(&command_show, argc, argv, &s);
	if (argc - optind != 1)
		cli_usage(&command_show,
		    argc == optind ? "no session, as service/number" :
				     "too many arguments");
	if ((why = select_id(&s.selector, argv[optind])) != NULL)
		cli_usage(&command_show, "%s: %s", argv[optind], why);
	if ((status = look_open(&s.look)) != 0)
		return status;
	status = find_and_print(&s);
	look_end(&s.look);
	return status;
}

static const struct cli_option options[] = {
	LOOK_OPTION_JSON,
	LOOK_OPTION_SOCKET,
	{ 0 },
};

const struct cli_command command_show = {
	.name = "show",
	.purpose = "show all that is known of a session",
	.usage =
	    "tine show [--json] [--socket path] service/number\n"
	    "\n"
	    "Shows a session by its ID of tine list or the log: its times and bytes,\n"
	    "its process, and what the kernel knows of its TCP connection.\n",
	.options = options,
	.permutes = true,
	.notes = "Exit status: 0, 1 there is no such session, 69 tined is not\n"
		 "running, 77 not allowed, 64 wrong usage.\n",
	.run = show_run,
};
