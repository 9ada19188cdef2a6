/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "logger/log_service.h"

#define EVENTS_MAX 8 /* of a service in a turn: 512 KiB at most */

/* Main's records are read last in a turn: they refer to others. */
static void
ready(struct watch *w)
{
	struct log_service *s = (struct log_service *)w;

	if (s->name[0] == '\0')
		s->all->own = s;
	else
		watch_some(&s->set, EVENTS_MAX);
}

void
log_services_init(struct log_services *all, struct watch_set *watch)
{
	all->watch = watch;
	all->own = NULL;
	TAILQ_INIT(&all->list);
}

static struct log_service *
service_new(struct log_services *all, const char *name)
{
	struct log_service *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->all = all;
	strlcpy(s->name, name, sizeof(s->name));
	/* The watch takes the set's descriptor, and closes it. */
	if (watch_open(&s->set) == -1 ||
	    watch_add(all->watch, &s->watch, s->set.epoll, ready) == -1) {
		free(s);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&all->list, s, entry);
	return s;
}

struct log_service *
log_service(struct log_services *all, const char *name)
{
	struct log_service *s;

	TAILQ_FOREACH (s, &all->list, entry)
		if (strcmp(s->name, name) == 0) {
			s->left = false;
			return s;
		}
	return service_new(all, name);
}

void
log_service_join(struct log_service *s)
{
	s->users++;
}

void
log_service_leave(struct log_service *s)
{
	if (--s->users == 0)
		s->left = true;
}

void
log_service_name(struct log_service *s, uint32_t index, const char *name)
{
	char **grown;

	if (index > SETTINGS_NUMBERS)
		return;
	if (index >= s->nlisteners) {
		grown = recallocarray(s->listener, s->nlisteners, index + 1,
		    sizeof(*grown));
		if (grown == NULL)
			return;
		s->listener = grown;
		s->nlisteners = index + 1;
	}
	free(s->listener[index]);
	s->listener[index] = strdup(name);
}

const char *
log_service_listener(const struct log_service *s, uint32_t index)
{
	return index < s->nlisteners ? s->listener[index] : NULL;
}

static void
service_free(struct log_services *all, struct log_service *s)
{
	uint32_t i;

	TAILQ_REMOVE(&all->list, s, entry);
	watch_close(&s->watch);
	for (i = 0; i < s->nlisteners; i++)
		free(s->listener[i]);
	free(s->listener);
	free(s);
}

bool
log_services_idle(const struct log_services *all)
{
	const struct log_service *s;

	TAILQ_FOREACH (s, &all->list, entry)
		if (s->users > 0)
			return false;
	return true;
}

void
log_services_turn(struct log_services *all)
{
	struct log_service *s, *next;

	if (all->own != NULL)
		watch_some(&all->own->set, EVENTS_MAX);
	all->own = NULL;
	TAILQ_FOREACH_SAFE (s, &all->list, entry, next)
		if (s->left)
			service_free(all, s);
}

bool
log_services_drain(struct log_services *all, const char *but, int64_t deadline)
{
	struct log_service *s;
	int n;

	do {
		n = 0;
		TAILQ_FOREACH (s, &all->list, entry)
			if (but == NULL || strcmp(s->name, but) != 0)
				n += watch_some(&s->set, EVENTS_MAX);
	} while (n > 0 && clock_ms() < deadline);
	return n == 0;
}
