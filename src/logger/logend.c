/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <netinet/in.h>

#include <string.h>

#include "base/buf.h"
#include "logger/logend.h"

#define PREFIX_V4 24
#define PREFIX_V6 56

static void
add_number(struct record_fields *out, struct end_store *store, const char *key,
    uint64_t v)
{
	struct buf b = buf_on(store->text[out->n], sizeof(store->text[0]));

	buf_uint(&b, v);
	record_add(out, key, buf_string(&b));
}

static void
add_names(struct record_fields *out, struct end_store *store,
    const struct scoreboard_slot *slot, const char *listener, enum log_peer how)
{
	const char *local = listener != NULL ? listener : "unix";
	const size_t size = sizeof(store->text[0]);
	char *text;

	add_number(out, store, "id", slot->id);
	record_add(out, "proto", slot->peer.family == AF_UNIX ? "unix" : "tcp");
	text = store->text[out->n];
	record_add(out, "peer", logend_peer(&slot->peer, how, text, size));
	if (slot->local.family == AF_INET || slot->local.family == AF_INET6) {
		text = store->text[out->n];
		local = addr_format(&slot->local, text, size);
	}
	record_add(out, "local", local);
}

/* How it ended; a status that is not one of wait(2) adds nothing. */
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
		record_add(out, "reason",
		    end_reason_name((enum end_reason)slot->reason));
}

void
logend_fields(const struct scoreboard_slot *slot, const char *listener,
    enum log_peer how, struct end_store *store, struct record_fields *out)
{
	int32_t pid = atomic_load(&slot->pid);
	int64_t ms = 0;

	add_names(out, store, slot, listener, how);
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

char *
logend_peer(const struct addr *a, enum log_peer how, char *text, size_t size)
{
	struct buf b = buf_on(text, size);
	struct addr net = *a;

	if ((a->family != AF_INET && a->family != AF_INET6 &&
		a->family != AF_UNIX) ||
	    how == PEER_NONE) {
		buf_char(&b, '-');
	} else if (how != PEER_PREFIX) {
		return addr_format(a, text, size);
	} else if (a->family == AF_UNIX) {
		buf_str(&b, "uid:");
		buf_uint(&b, a->cred.uid);
	} else {
		addr_mask(&net, PREFIX_V4, PREFIX_V6);
		b.len = strlen(addr_format_ip(&net, text, size));
		buf_char(&b, '/');
		buf_uint(&b, a->family == AF_INET ? PREFIX_V4 : PREFIX_V6);
	}
	return buf_string(&b);
}
