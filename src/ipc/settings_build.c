/* SPDX-License-Identifier: ISC */
/*
 * Building settings, in main: memory with room for the most, which becomes a
 * sealed memfd.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/param.h>
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/scoreboard.h"
#include "ipc/settings.h"

/* A mapping of its own, only as long as there is room: pages that are not used
 * take no memory. */
struct settings_builder {
	size_t size; /* used of buf; a multiple of 8 */
	size_t room; /* of buf; the same */
	int error;   /* the errno of the first failed adder */
	union {
		struct settings settings;
		char buf[SETTINGS_SIZE_MAX];
	};
};

#define HEAD_SIZE offsetof(struct settings_builder, buf)

static struct settings_builder *
builder_new(size_t room)
{
	struct settings_builder *b = mmap(NULL, HEAD_SIZE + room,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (b == MAP_FAILED)
		return NULL;
	b->room = room;
	return b;
}

struct settings_builder *
settings_new(const char *service)
{
	struct settings_builder *b = builder_new(SETTINGS_SIZE_MAX);
	struct settings *s;

	if (b == NULL)
		return NULL;
	b->size = (sizeof(*s) + 7) & ~(size_t)7;
	s = settings_of(b);
	strlcpy(s->version, settings_version(), sizeof(s->version));
	strlcpy(s->service, service, sizeof(s->service));
	return b;
}

struct settings *
settings_of(struct settings_builder *b)
{
	return &b->settings;
}

struct settings_ref
settings_add_bytes(struct settings_builder *b, const void *data, size_t size,
    size_t count)
{
	struct settings_ref r = { 0, 0 };

	if (count == 0 || b->error != 0)
		return r;
	if (count > (b->room - b->size) / size) {
		b->error = E2BIG;
		return r;
	}
	memcpy(b->buf + b->size, data, size * count);
	r.off = (uint32_t)b->size;
	r.count = (uint32_t)count;
	b->size += (size * count + 7) & ~(size_t)7;
	return r;
}

struct settings_ref
settings_add_string(struct settings_builder *b, const char *s)
{
	if (s == NULL)
		return (struct settings_ref) { 0, 0 };
	return settings_add_bytes(b, s, 1, strlen(s) + 1);
}

struct settings_ref
settings_add_list(struct settings_builder *b, const char *const *v, size_t n)
{
	struct settings_ref r = { 0, 0 };
	uint32_t *off;
	size_t i;

	if (n == 0)
		return r;
	if ((off = calloc(n, sizeof(*off))) == NULL) {
		b->error = errno;
		return r;
	}
	for (i = 0; i < n; i++)
		off[i] = settings_add_string(b, v[i]).off;
	r = settings_add_bytes(b, off, sizeof(*off), n);
	free(off);
	return r;
}

int
settings_seal(struct settings_builder *b)
{
	if (b->error != 0) {
		errno = b->error;
		return -1;
	}
	settings_of(b)->size = (uint32_t)b->size;
	return io_sealed("tined settings", b->buf, b->size);
}

void
settings_free(struct settings_builder *b)
{
	if (b != NULL)
		munmap(b, HEAD_SIZE + b->room);
}

int
settings_copy(int fd, const struct scoreboard_place *p, bool wait)
{
	const size_t npages = scoreboard_slots_pages(p->nslots);
	struct settings_builder *b;
	struct settings *s;
	struct stat st;
	int copy = -1;
	size_t room;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return -1;
	/* An acceptor that died is replaced also where memory is short. */
	room = sizeof(*s) + (size_t)st.st_size + npages * sizeof(*p->pages);
	room = MIN((room + 7) & ~(size_t)7, SETTINGS_SIZE_MAX);
	if ((b = builder_new(room)) == NULL)
		return -1;
	if ((n = pread(fd, b->buf, room, 0)) > 0) {
		b->size = (size_t)n;
		s = settings_of(b);
		s->place = *p;
		s->place.pages = NULL;
		s->pages = settings_add_bytes(b, p->pages, sizeof(*p->pages),
		    npages);
		s->wait = wait;
		copy = settings_seal(b);
	}
	settings_free(b);
	return copy;
}
