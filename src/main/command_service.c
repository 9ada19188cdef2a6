/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "ipc/control.h"
#include "ipc/selection.h"
#include "ipc/source.h"
#include "main/adopt.h"
#include "main/command_service.h"
#include "main/explain_now.h"
#include "main/worker_control.h"

#define NOTHING_MATCHES 1 /* the exit status of tine */

bool
command_service_has(uint32_t verb)
{
	return verb == COMMAND_PAUSE || verb == COMMAND_RESUME ||
	    verb == COMMAND_END_SESSIONS || verb == COMMAND_EXPLAIN ||
	    verb == COMMAND_FORGIVE;
}

static int
change(struct tined *t, struct served *s, const struct command_request *r,
    char *text, size_t size)
{
	const bool pause = r->verb == COMMAND_PAUSE;

	worker_control_pause(t, s, pause, r->ms);
	snprintf(text, size, "%s is %s", s->name, pause ? "paused" : "serving");
	return 0;
}

/* Each acceptor ends its own; main those that it has adopted. */
static int
end(struct tined *t, struct served *s, const struct command_request *r,
    char *text, size_t size)
{
	const struct worker *w;
	int code = 0;

	snprintf(text, size, "ending sessions of %s", s->name);
	TAILQ_FOREACH (w, &s->workers, entry)
		if (w->control.fd != -1 &&
		    control_send_bytes(w->control.fd, CONTROL_END, r,
			sizeof(*r)) == -1) {
			snprintf(text, size,
			    "%s: the acceptor %d takes no command now", s->name,
			    (int)w->pid);
			code = EX_UNAVAILABLE;
		}
	adopt_end(&t->adopted, s, r);
	return code;
}

/* What would happen, in lines; the last one without its newline.  A reload that
 * runs has set memory aside already. */
static int
explain_one(const struct tined *t, const struct served *s,
    const struct command_request *r, char *text, size_t size)
{
	const bool reserve = t->reload.stage == RELOAD_NONE;
	const struct cidr net = selection_network(r);
	FILE *fp = fmemopen(text, size, "w");
	int rc = -1;

	text[0] = '\0';
	if (fp != NULL && (!reserve || mem_reserve() == 0)) {
		rc = explain_now(fp, s, &net.addr);
		if (reserve)
			mem_release();
	}
	if (fp != NULL)
		fclose(fp);
	if (text[0] != '\0')
		text[strlen(text) - 1] = '\0';
	return rc == 0 ? 0 : EX_OSERR;
}

/* One service, or all: each knows a source by its own prefix. */
static int
forgive(struct tined *t, const struct command_request *r, char *text,
    size_t size)
{
	const struct cidr net = selection_network(r);
	const struct service_conf *conf;
	const struct served *s;
	char ip[ADDR_TEXT_MAX];
	unsigned int n = 0;
	struct addr source;

	TAILQ_FOREACH (s, &t->served, entry) {
		if (r->service[0] != '\0' && strcmp(r->service, s->name) != 0)
			continue;
		if ((conf = served_conf(s)) == NULL)
			continue;
		source = net.addr;
		addr_mask(&source, conf->prefix_v4, conf->prefix_v6);
		n += source_forgive(s->board, &source);
	}
	addr_format_ip(&net.addr, ip, sizeof(ip));
	if (n == 0)
		snprintf(text, size, "%s: no service counts its rate", ip);
	else
		snprintf(text, size, "%s is free again", ip);
	return n == 0 ? NOTHING_MATCHES : 0;
}

int
command_service(struct tined *t, const struct command_request *r, char *text,
    size_t size)
{
	struct served *s = served_find(&t->served, r->service);

	if (r->verb == COMMAND_FORGIVE && r->family != 0 &&
	    (s != NULL || r->service[0] == '\0'))
		return forgive(t, r, text, size);
	if (s == NULL || (s->retired && r->verb != COMMAND_END_SESSIONS)) {
		snprintf(text, size, "%s: no such service", r->service);
		return NOTHING_MATCHES;
	}
	if (r->verb == COMMAND_END_SESSIONS)
		return end(t, s, r, text, size);
	if (t->stopping) {
		snprintf(text, size, "tined is stopping");
		return EX_UNAVAILABLE;
	}
	if (r->verb == COMMAND_EXPLAIN)
		return explain_one(t, s, r, text, size);
	return change(t, s, r, text, size);
}
