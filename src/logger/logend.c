/* SPDX-License-Identifier: ISC */
/*
 * What the end of a session says, and how peers are shown.  Every connection
 * passes here once, so numbers are written without stdio.
 */
#include "config.h"

#include <sys/wait.h>

#include <netinet/in.h>

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "logger/logline.h"

#define PREFIX_V4 24
#define PREFIX_V6 56

/* Writes a decimal number with its NUL; returns where that stands. */
static char *
put_number(char *p, uint64_t v)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	while (n > 0)
		*p++ = digits[--n];
	*p = '\0';
	return p;
}

static void
add(struct record_fields *out, const char *key, const char *value)
{
	out->key[out->n] = key;
	out->value[out->n] = value;
	out->n++;
}

static void
add_number(struct record_fields *out, struct end_store *store, const char *key,
    uint64_t v)
{
	put_number(store->text[out->n], v);
	add(out, key, store->text[out->n]);
}

static void
add_names(struct record_fields *out, struct end_store *store,
    const struct scoreboard_slot *slot, const struct end_context *ctx)
{
	const char *local = ctx->listener != NULL ? ctx->listener : "unix";
	const size_t size = sizeof(store->text[0]);
	char *text;

	if (ctx->service[0] != '\0')
		add(out, "service", ctx->service);
	add_number(out, store, "id", slot->id);
	add(out, "proto", slot->peer.family == AF_UNIX ? "unix" : "tcp");
	text = store->text[out->n];
	add(out, "peer", logline_peer(&slot->peer, ctx->peer, text, size));
	if (slot->local.family == AF_INET || slot->local.family == AF_INET6) {
		text = store->text[out->n];
		local = addr_format(&slot->local, text, size);
	}
	add(out, "local", local);
}

/* How it ended; a status that wait(2) does not give says nothing. */
static void
add_status(struct record_fields *out, struct end_store *store,
    const struct scoreboard_slot *slot)
{
	if (WIFSIGNALED(slot->status))
		add_number(out, store, "signal",
		    (uint64_t)WTERMSIG(slot->status));
	else if (WIFEXITED(slot->status))
		add_number(out, store, "exit",
		    (uint64_t)WEXITSTATUS(slot->status));
	if (slot->reason > END_BY_ITSELF && slot->reason < END_REASONS)
		add(out, "reason",
		    end_reason_name((enum end_reason)slot->reason));
}

void
logline_end(const struct scoreboard_slot *slot, const struct end_context *ctx,
    struct end_store *store, struct record_fields *out)
{
	int32_t pid = atomic_load(&slot->pid);
	int64_t ms = 0;

	out->time = NULL;
	out->level = LEVEL_INFO;
	out->event = "end";
	out->n = 0;
	add_names(out, store, slot, ctx);
	add_number(out, store, "pid", pid > 0 ? (uint64_t)pid : 0);
	if (slot->program == 0) {
		add_number(out, store, "in", atomic_load(&slot->in));
		add_number(out, store, "out", atomic_load(&slot->out));
	}
	if (slot->start_ms >= 0 && slot->until_ms > slot->start_ms)
		ms = slot->until_ms - slot->start_ms;
	add_number(out, store, "ms", (uint64_t)ms);
	add_status(out, store, slot);
	if (slot->program != 0) {
		add_number(out, store, "utime_us", slot->utime_us);
		add_number(out, store, "stime_us", slot->stime_us);
		add_number(out, store, "maxrss_kib", slot->maxrss_kib);
	}
}

/* `192.0.2.0/24`, `2001:db8::/56`, `uid:1000`. */
static void
format_prefix(const struct addr *a, char *buf, size_t size)
{
	struct addr net = *a;
	char number[24];

	if (a->family == AF_UNIX) {
		put_number(number, a->cred.uid);
		strlcpy(buf, "uid:", size);
	} else {
		addr_mask(&net, PREFIX_V4, PREFIX_V6);
		addr_format_ip(&net, buf, size);
		strlcat(buf, "/", size);
		put_number(number,
		    a->family == AF_INET ? PREFIX_V4 : PREFIX_V6);
	}
	strlcat(buf, number, size);
}

char *
logline_peer(const struct addr *a, enum log_peer how, char *buf, size_t size)
{
	bool known = a->family == AF_INET || a->family == AF_INET6 ||
	    a->family == AF_UNIX;

	if (!known || how == PEER_NONE)
		strlcpy(buf, "-", size);
	else if (how == PEER_PREFIX)
		format_prefix(a, buf, size);
	else
		addr_format(a, buf, size);
	return buf;
}

/* Reads what addr_format has written; false where it is none of that. */
static bool
parse_peer(const char *text, struct addr *a)
{
	struct addr_text parts;
	char *zone, *end;

	if (strncmp(text, "uid:", 4) == 0) {
		memset(a, 0, sizeof(*a));
		a->family = AF_UNIX;
		a->cred.uid = (uint32_t)strtoul(text + 4, &end, 10);
		return end != text + 4 && (*end == ',' || *end == '\0');
	}
	if (addr_from_ip(text, a) == 0)
		return true;
	if (addr_split(text, &parts) != NULL || parts.kind != ADDR_INET)
		return false;
	zone = strchr(parts.host, '%');
	if (zone != NULL)
		*zone = '\0';
	return addr_from_ip(parts.host, a) == 0;
}

const char *
logline_peer_text(const char *text, enum log_peer how, char *buf, size_t size)
{
	struct addr a;

	if (how == PEER_FULL)
		return text;
	if (!parse_peer(text, &a))
		a.family = AF_UNSPEC;
	return logline_peer(&a, how, buf, size);
}
