/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdarg.h>
#include <string.h>

#include "logger/emit.h"
#include "logger/logend.h"

void
emit_use(struct emit *e, const struct log_settings *settings)
{
	e->settings = *settings;
	sink_use(&e->sink, settings->target, settings->format, settings->timed);
}

void
emit_fields(struct emit *e, const char *service, const struct record_fields *f)
{
	struct record_fields out = { .level = f->level, .event = f->event };
	char peer[ADDR_TEXT_MAX];
	size_t i;

	if (f->level > e->settings.level)
		return;
	logend_peer(&f->peer, e->settings.peer, peer, sizeof(peer));
	if (service[0] != '\0')
		record_add(&out, "service", service);
	for (i = 0; i < f->n && out.n < RECORD_FIELDS; i++)
		if (strcmp(f->key[i], "peer") == 0)
			record_add(&out, "peer", peer);
		else if (service[0] == '\0' ||
		    strcmp(f->key[i], "service") != 0)
			record_add(&out, f->key[i], f->value[i]);
	sink_put(&e->sink, &out);
}

void
emit_end(struct emit *e, const char *service, const char *listener,
    const struct scoreboard_slot *slot)
{
	struct record_fields f = { .level = LEVEL_INFO, .event = "end" };
	struct end_store store;

	if (f.level > e->settings.level)
		return;
	if (service[0] != '\0')
		record_add(&f, "service", service);
	logend_fields(slot, listener, e->settings.peer, &store, &f);
	sink_put(&e->sink, &f);
}

void
emit_event(struct emit *e, enum level level, const char *event, ...)
{
	struct record_fields f = { .level = level, .event = event };
	const char *key;
	va_list ap;

	va_start(ap, event);
	while (f.n < RECORD_FIELDS && (key = va_arg(ap, const char *)) != NULL)
		record_add(&f, key, va_arg(ap, const char *));
	va_end(ap);
	emit_fields(e, "", &f);
}
