/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>

#include <bsd/string.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/kept.h"
#include "main/tined.h"

#define OTHERS      32 /* descriptors that a process has besides */
#define PER_SERVICE 8  /* and for each service: pipes, sockets, acceptors */
#define QUEUE_MAX   1024
#define FEW_MAX     64

void
kept_init(struct kept_ends *all)
{
	all->n = 0;
	TAILQ_INIT(&all->services);
}

/* How many */

/* What is left for standard errors, here and in the logger alike. */
static size_t
descriptors(size_t nservices)
{
	struct rlimit rl;
	size_t n, others = OTHERS + PER_SERVICE * nservices;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return 0;
	n = rl.rlim_cur > INT32_MAX ? INT32_MAX : (size_t)rl.rlim_cur;
	return n - (others < n / 2 ? others : n / 2);
}

static const struct service_conf *
conf_of(const struct served *s)
{
	return s->next.settings != -1 ? s->next.conf : s->now.conf;
}

/* A service that is only being made may be one. */
static bool
has_stderrs(const struct served *s)
{
	const struct service_conf *conf = conf_of(s);

	return conf == NULL ||
	    (conf->exec.n > 0 && conf->stderr_to == STDERR_LOG);
}

static uint32_t
within(size_t least, size_t n, size_t most)
{
	if (n > most)
		n = most;
	return (uint32_t)(n < least ? least : n);
}

void
kept_limits(const struct tined *t, const struct served *s,
    struct stderr_limits *out)
{
	const struct service_conf *conf = conf_of(s);
	const struct served *other;
	size_t all = 0, n = 0, share;

	TAILQ_FOREACH (other, &t->served, entry) {
		all++;
		n += has_stderrs(other);
	}
	share = descriptors(all) / 2 / (n > 0 ? n : 1);
	out->kept = within(1, share, conf != NULL ? conf->instances : 1);
	out->queue = within(2, share, QUEUE_MAX);
	out->few = within(1, out->queue / 4, FEW_MAX);
}

/* Keeping them */

static int
compare(const void *va, const void *vb)
{
	const struct kept *a = va, *b = vb;

	if (a->which.id != b->which.id)
		return a->which.id < b->which.id ? -1 : 1;
	if (a->which.pid != b->which.pid)
		return a->which.pid < b->which.pid ? -1 : 1;
	return 0;
}

static struct kept_service *
service_of(const struct kept_ends *all, const char *name)
{
	struct kept_service *ks;

	TAILQ_FOREACH (ks, &all->services, entry)
		if (strcmp(ks->name, name) == 0)
			return ks;
	return NULL;
}

static struct kept_service *
service_new(struct kept_ends *all, const char *name)
{
	struct kept_service *ks = calloc(1, sizeof(*ks));

	if (ks == NULL)
		return NULL;
	strlcpy(ks->name, name, sizeof(ks->name));
	TAILQ_INIT(&ks->told);
	TAILQ_INIT(&ks->untold);
	TAILQ_INSERT_TAIL(&all->services, ks, entry);
	return ks;
}

static void
service_free_unused(struct kept_ends *all, struct kept_service *ks)
{
	if (!TAILQ_EMPTY(&ks->told) || !TAILQ_EMPTY(&ks->untold))
		return;
	TAILQ_REMOVE(&all->services, ks, entry);
	free(ks);
}

/* One that the logger has; NULL without memory, or where an acceptor has given
 * that number twice. */
static struct kept *
kept_new(struct kept_service *ks, const struct stderr_msg *which)
{
	struct kept *k = calloc(1, sizeof(*k)), **at;

	if (k == NULL)
		return NULL;
	k->of = ks;
	k->which = *which;
	k->told = true;
	at = tsearch(k, &ks->tree, compare);
	if (at == NULL || *at != k) {
		free(k);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&ks->told, k, entry);
	return k;
}

/* Takes fd, and has it or closes it. */
static void
add(struct kept_ends *all, const struct logger_report *r, int fd)
{
	struct kept_service *ks = service_of(all, r->service);
	struct kept *k = NULL;

	if (ks == NULL)
		ks = service_new(all, r->service);
	if (ks != NULL)
		k = kept_new(ks, &r->stderr);
	if (k != NULL) {
		k->fd = fd;
		all->n++;
		return;
	}
	close(fd);
	if (ks != NULL)
		service_free_unused(all, ks);
}

static void
drop(struct kept_ends *all, const struct logger_report *r)
{
	const struct kept key = { .which = r->stderr };
	struct kept_service *ks = service_of(all, r->service);
	struct kept **at, *k;

	if (ks == NULL || (at = tfind(&key, &ks->tree, compare)) == NULL)
		return;
	k = *at;
	tdelete(k, &ks->tree, compare);
	TAILQ_REMOVE(k->told ? &ks->told : &ks->untold, k, entry);
	close(k->fd);
	free(k);
	all->n--;
	service_free_unused(all, ks);
}

void
kept_report(struct tined *t, struct logger_report *r, int fd)
{
	r->service[sizeof(r->service) - 1] = '\0';
	if (r->type == LOGGER_DROP)
		drop(&t->kept, r);
	/* Also should the logger not be what it was: main has others, too. */
	if (r->type == LOGGER_KEEP && fd != -1 &&
	    t->kept.n < descriptors(1) / 2)
		add(&t->kept, r, fd);
	else if (fd != -1)
		close(fd);
}

/* Telling them */

struct kept *
kept_untold(const struct kept_ends *all, const char *service)
{
	const struct kept_service *ks;

	TAILQ_FOREACH (ks, &all->services, entry)
		if ((service == NULL || strcmp(ks->name, service) == 0) &&
		    !TAILQ_EMPTY(&ks->untold))
			return TAILQ_FIRST(&ks->untold);
	return NULL;
}

void
kept_told(struct kept *k)
{
	TAILQ_REMOVE(&k->of->untold, k, entry);
	TAILQ_INSERT_TAIL(&k->of->told, k, entry);
	k->told = true;
}

void
kept_tell_again(struct kept_ends *all)
{
	struct kept_service *ks;
	struct kept *k;

	TAILQ_FOREACH (ks, &all->services, entry) {
		TAILQ_FOREACH (k, &ks->told, entry)
			k->told = false;
		TAILQ_CONCAT(&ks->untold, &ks->told, entry);
	}
}
