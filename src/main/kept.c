/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/param.h>
#include <sys/resource.h>

#include <bsd/string.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/kept.h"

#define OTHERS      32 /* descriptors that a process has besides */
#define PER_SERVICE 8  /* and for each service: pipes, sockets, acceptors */
#define QUEUE_MAX   1024
#define FEW_MAX     64

/* What is left for standard errors, in main and in the logger alike. */
static size_t
descriptors(size_t nservices)
{
	struct rlimit rl;
	size_t n, others = OTHERS + PER_SERVICE * nservices;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return 0;
	n = rl.rlim_cur > INT32_MAX ? INT32_MAX : (size_t)rl.rlim_cur;
	return n - MIN(others, n / 2);
}

/* A service that has no configuration yet may turn out to. */
static bool
has_stderrs(const struct served *s)
{
	const struct service_conf *conf = served_conf(s);

	return conf == NULL ||
	    (conf->exec.n > 0 && conf->stderr_to == STDERR_LOG);
}

void
kept_limits(const struct served_list *list, const struct served *s,
    struct stderr_limits *out)
{
	const struct service_conf *conf = served_conf(s);
	const struct served *other;
	size_t all = 0, n = 0, share, most;

	TAILQ_FOREACH (other, list, entry) {
		all++;
		n += has_stderrs(other);
	}
	share = descriptors(all) / 2 / MAX(n, 1);
	most = conf != NULL ? conf->instances : 1;
	out->kept = (uint32_t)MAX(MIN(share, most), 1);
	out->queue = (uint32_t)MAX(MIN(share, QUEUE_MAX), 2);
	out->few = MAX(MIN(out->queue / 4, FEW_MAX), 1);
}

static int
compare(const void *va, const void *vb)
{
	const struct kept *a = va, *b = vb;

	if (a->which.id != b->which.id)
		return a->which.id < b->which.id ? -1 : 1;
	if (a->which.pid != b->which.pid)
		return a->which.pid < b->which.pid ? -1 : 1;
	return strcmp(a->service, b->service);
}

/* Keeps fd, or closes it: where there is no memory, or where an acceptor has
 * given that number twice. */
static void
add(struct kept_ends *all, const struct logger_report *r, int fd)
{
	struct kept *k = calloc(1, sizeof(*k)), **at = NULL;

	if (k != NULL) {
		strlcpy(k->service, r->service, sizeof(k->service));
		k->which = r->which;
		k->fd = fd;
		at = tsearch(k, &all->tree, compare);
	}
	if (at == NULL || *at != k) {
		free(k);
		close(fd);
		return;
	}
	if (all->untold != NULL)
		TAILQ_INSERT_BEFORE(all->untold, k, entry);
	else
		TAILQ_INSERT_TAIL(&all->list, k, entry);
	all->n++;
}

static void
drop(struct kept_ends *all, const struct logger_report *r)
{
	struct kept key = { .which = r->which }, **at, *k;

	strlcpy(key.service, r->service, sizeof(key.service));
	if ((at = tfind(&key, &all->tree, compare)) == NULL)
		return;
	k = *at;
	tdelete(k, &all->tree, compare);
	if (all->untold == k)
		all->untold = TAILQ_NEXT(k, entry);
	TAILQ_REMOVE(&all->list, k, entry);
	close(k->fd);
	free(k);
	all->n--;
}

void
kept_report(struct kept_ends *all, struct logger_report *r, int fd)
{
	r->service[sizeof(r->service) - 1] = '\0';
	if (r->type == LOGGER_DROP)
		drop(all, r);
	/* The limit holds whatever the logger asks for: main needs descriptors
	 * for itself. */
	if (r->type == LOGGER_KEEP && fd != -1 && all->n < descriptors(1) / 2)
		add(all, r, fd);
	else if (fd != -1)
		close(fd);
}
