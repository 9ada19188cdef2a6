/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/log_service.h"

#define EVENTS_MAX 8 /* of a service in a turn: 512 KiB at most */

/* Main's records are read last in a turn: they refer to others. */
static void
service_ready(struct watch *w)
{
	struct log_service *s = (struct log_service *)w;

	if (s->name[0] == '\0')
		s->all->own = s;
	else
		watch_wait(&s->set, EVENTS_MAX, 0, NULL);
}

void
log_services_init(struct log_services *all, struct watch_set *watch,
    struct emit *emit)
{
	*all = (struct log_services) { .watch = watch, .emit = emit };
	TAILQ_INIT(&all->list);
}

static struct log_service *
service_new(struct log_services *all, const char *name)
{
	struct log_service *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->all = all;
	TAILQ_INIT(&s->sources);
	strlcpy(s->name, name, sizeof(s->name));
	/* The watch takes the set's descriptor, and closes it. */
	if (watch_open(&s->set) == -1 ||
	    watch_add(all->watch, &s->watch, s->set.epoll, service_ready) ==
		-1) {
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

void *
log_source_new(struct log_service *s, size_t size, int fd,
    void (*ready)(struct watch *w))
{
	struct log_source *src = calloc(1, size);
	struct stat st = { .st_ino = 0 };

	if (src == NULL || (fd != -1 && fstat(fd, &st) == -1)) {
		io_close(fd);
		free(src);
		return NULL;
	}
	src->watch.fd = -1;
	src->service = s;
	src->dev = st.st_dev;
	src->ino = st.st_ino;
	if (fd != -1 && watch_add(&s->set, &src->watch, fd, ready) == -1) {
		free(src);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&s->sources, src, entry);
	return src;
}

void
log_source_free(struct log_source *src)
{
	struct log_service *s = src->service;

	watch_close(&src->watch);
	TAILQ_REMOVE(&s->sources, src, entry);
	s->left = TAILQ_EMPTY(&s->sources);
	free(src);
}

struct log_source *
log_source_find(const struct log_service *s, int fd)
{
	struct log_source *src;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return NULL;
	TAILQ_FOREACH (src, &s->sources, entry)
		if (src->dev == st.st_dev && src->ino == st.st_ino)
			break;
	return src;
}

bool
log_source_read(struct log_source *src, void *buf, size_t size, ssize_t *n)
{
	*n = io_read(src->watch.fd, buf, size);
	return !watch_may_fail(&src->watch, *n == -1 && errno != EAGAIN) ||
	    *n != -1;
}

void
log_service_say(const struct log_service *s, enum level level, const char *msg,
    const char *error)
{
	emit_event(s->all->emit, level, "log", "service",
	    s->name[0] != '\0' ? s->name : "-", "msg", msg,
	    error != NULL ? "error" : NULL, error, NULL);
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
		if (!TAILQ_EMPTY(&s->sources))
			return false;
	return true;
}

void
log_services_turn(struct log_services *all)
{
	struct log_service *s, *next;

	if (all->own != NULL)
		watch_wait(&all->own->set, EVENTS_MAX, 0, NULL);
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
				n += watch_wait(&s->set, EVENTS_MAX, 0, NULL);
	} while (n > 0 && clock_ms() < deadline);
	return n == 0;
}
