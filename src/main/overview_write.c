/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "ipc/overview.h"
#include "ipc/scoreboard_main.h"
#include "listen/listeners.h"
#include "listen/tcpsock.h"
#include "main/overview_fill.h"
#include "main/overview_write.h"

#define WRITE_MS 50 /* between two times that it is written */

int
overview_open(struct tined *t)
{
	struct overview *o = &t->overview;

	o->fd = memfd_create("tined overview", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (o->fd == -1)
		return -1;
	/* Only its owner may open it by /proc. */
	if (fchmod(o->fd, 0600) == -1 ||
	    ftruncate(o->fd, SCOREBOARD_PAGE) == -1 ||
	    fcntl(o->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL) == -1)
		goto err0;
	o->shared = mmap(NULL, SCOREBOARD_PAGE, PROT_READ | PROT_WRITE,
	    MAP_SHARED, o->fd, 0);
	if (o->shared == MAP_FAILED)
		goto err0;
	o->start_ms = clock_ms();
	o->start_time = o->config_time = time(NULL);
	overview_touch(t);
	return 0;
err0:
	close(o->fd);
	o->fd = -1;
	return -1;
}

void
overview_touch(struct tined *t)
{
	struct overview *o = &t->overview;

	o->touched = true;
	if (o->fd != -1)
		atomic_fetch_or(&o->shared->seq, 1);
}

/* The number of this change, odd until all of it is there. */
static int
write_all(struct overview *o, struct overview_head *h, size_t size)
{
	const uint32_t seq = atomic_load(&o->shared->seq) | 1;
	struct stat st;

	atomic_store(&o->shared->seq, seq);
	atomic_store(&h->seq, seq);
	if (fstat(o->fd, &st) == -1 ||
	    ((size_t)st.st_size < size &&
		ftruncate(o->fd, (off_t)size) == -1) ||
	    pwrite(o->fd, h, size, 0) != (ssize_t)size)
		return -1;
	atomic_store(&o->shared->seq, seq + 1);
	return 0;
}

void
overview_write(struct tined *t)
{
	struct overview *o = &t->overview;
	struct overview_head *h;
	size_t size;

	o->write_at = clock_ms() + WRITE_MS;
	if ((h = overview_compose(t, &size)) == NULL)
		return;
	if (write_all(o, h, size) == 0)
		o->touched = false;
	free(h);
}

int64_t
overview_step(struct tined *t, int64_t now)
{
	struct overview *o = &t->overview;

	if (o->touched && o->fd != -1 && o->write_at <= now)
		overview_write(t);
	return o->touched ? o->write_at : 0;
}

void
overview_sample(struct tined *t)
{
	struct served *s;
	struct listener *l;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (l, &s->now.listeners, entry)
			l->queue = tcpsock_queue(l->fd, &l->queue_max);
	overview_touch(t);
}

void
overview_close(struct tined *t)
{
	struct overview *o = &t->overview;

	if (o->fd == -1)
		return;
	munmap(o->shared, SCOREBOARD_PAGE);
	close(o->fd);
	o->fd = -1;
}
