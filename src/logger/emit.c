/* SPDX-License-Identifier: ISC */
/* What all records go through on their way to the sink. */
#include "config.h"

#include <stdarg.h>
#include <string.h>

#include "logger/emit.h"
#include "logger/logline.h"

void
emit_use(struct emit *e, const struct log_settings *settings)
{
	e->settings = *settings;
	sink_use(&e->sink, settings->target, settings->format);
	sink_use_time(&e->sink, settings->timed);
}

bool
emit_wants(const struct emit *e, enum level level)
{
	return level <= e->settings.level;
}

void
emit_fields(struct emit *e, const char *service, const struct record_fields *f)
{
	struct record_fields out = { .level = f->level, .event = f->event };
	char peer[ADDR_TEXT_MAX];
	const char *value;
	size_t i;

	if (!emit_wants(e, f->level))
		return;
	if (service[0] != '\0') {
		out.key[0] = "service";
		out.value[0] = service;
		out.n = 1;
	}
	for (i = 0; i < f->n && out.n < RECORD_FIELDS; i++) {
		if (service[0] != '\0' && strcmp(f->key[i], "service") == 0)
			continue;
		value = f->value[i];
		if (strcmp(f->key[i], "peer") == 0)
			value = logline_peer_text(value, e->settings.peer, peer,
			    sizeof(peer));
		out.key[out.n] = f->key[i];
		out.value[out.n] = value;
		out.n++;
	}
	out.time = sink_time(&e->sink);
	sink_put(&e->sink, &out);
}

void
emit_end(struct emit *e, const char *service, const char *listener,
    const struct scoreboard_slot *slot)
{
	const struct end_context ctx = { .service = service,
		.listener = listener,
		.peer = e->settings.peer };
	struct record_fields f;
	struct end_store store;

	if (!emit_wants(e, LEVEL_INFO))
		return;
	logline_end(slot, &ctx, &store, &f);
	f.time = sink_time(&e->sink);
	sink_put(&e->sink, &f);
}

void
emit_event(struct emit *e, enum level level, const char *event, ...)
{
	struct record_fields f = { .level = level, .event = event };
	const char *key;
	va_list ap;

	va_start(ap, event);
	while (f.n < RECORD_FIELDS &&
	    (key = va_arg(ap, const char *)) != NULL) {
		f.key[f.n] = key;
		f.value[f.n] = va_arg(ap, const char *);
		f.n++;
	}
	va_end(ap);
	emit_fields(e, "", &f);
}
