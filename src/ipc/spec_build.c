/* SPDX-License-Identifier: ISC */
/*
 * Building a spec, in main: a growing buffer that becomes a sealed memfd.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/spec.h"

struct spec_builder {
	char *buf;
	size_t size; /* used; a multiple of 8 */
	size_t room;
	int error; /* the errno of the first failed adder */
};

struct spec_builder *
spec_new(const char *service)
{
	struct spec_builder *b;
	struct spec *s;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		return NULL;
	b->size = (sizeof(*s) + 7) & ~(size_t)7;
	b->room = b->size + 4096;
	if ((b->buf = calloc(1, b->room)) == NULL) {
		free(b);
		return NULL;
	}
	s = spec_of(b);
	strlcpy(s->version, spec_version(), sizeof(s->version));
	strlcpy(s->service, service, sizeof(s->service));
	return b;
}

struct spec *
spec_of(struct spec_builder *b)
{
	return (struct spec *)(void *)b->buf;
}

static int
make_room(struct spec_builder *b, size_t more)
{
	size_t room = b->room;
	char *buf;

	if (more > SPEC_SIZE_MAX - b->size) {
		errno = E2BIG;
		return -1;
	}
	while (room < b->size + more)
		room *= 2;
	if (room == b->room)
		return 0;
	if ((buf = realloc(b->buf, room)) == NULL)
		return -1;
	memset(buf + b->room, 0, room - b->room);
	b->buf = buf;
	b->room = room;
	return 0;
}

struct spec_ref
spec_add_bytes(struct spec_builder *b, const void *data, size_t size,
    size_t count)
{
	struct spec_ref r = { 0, 0 };
	size_t whole;

	if (count == 0 || b->error != 0)
		return r;
	if (count > SPEC_SIZE_MAX / size) {
		b->error = E2BIG;
		return r;
	}
	whole = (size * count + 7) & ~(size_t)7;
	if (make_room(b, whole) == -1) {
		b->error = errno;
		return r;
	}
	memcpy(b->buf + b->size, data, size * count);
	r.off = (uint32_t)b->size;
	r.count = (uint32_t)count;
	b->size += whole;
	return r;
}

struct spec_ref
spec_add_string(struct spec_builder *b, const char *s)
{
	if (s == NULL)
		return (struct spec_ref) { 0, 0 };
	return spec_add_bytes(b, s, 1, strlen(s) + 1);
}

struct spec_ref
spec_add_list(struct spec_builder *b, const char *const *v, size_t n)
{
	struct spec_ref r = { 0, 0 };
	uint32_t *off;
	size_t i;

	if (n == 0)
		return r;
	if ((off = calloc(n, sizeof(*off))) == NULL) {
		b->error = errno;
		return r;
	}
	for (i = 0; i < n; i++)
		off[i] = spec_add_string(b, v[i]).off;
	r = spec_add_bytes(b, off, sizeof(*off), n);
	free(off);
	return r;
}

void
spec_fail(struct spec_builder *b, int error)
{
	if (b->error == 0)
		b->error = error;
}

int
spec_seal(struct spec_builder *b)
{
	int fd;

	if (b->error != 0) {
		errno = b->error;
		return -1;
	}
	spec_of(b)->size = (uint32_t)b->size;
	fd = memfd_create("tined spec", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1)
		return -1;
	if (io_write_all(fd, b->buf, b->size) == -1)
		goto err;
	if (fcntl(fd, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == -1)
		goto err;
	return fd;
err:
	close(fd);
	return -1;
}

void
spec_free(struct spec_builder *b)
{
	if (b == NULL)
		return;
	free(b->buf);
	free(b);
}

static struct spec_builder *
builder_of(int fd)
{
	struct spec_builder *b = calloc(1, sizeof(*b));
	struct stat st;

	if (b == NULL || fstat(fd, &st) == -1)
		goto err;
	b->size = b->room = (size_t)st.st_size;
	if ((b->buf = malloc(b->room)) == NULL)
		goto err;
	if (pread(fd, b->buf, b->size, 0) == (ssize_t)b->size)
		return b;
err:
	spec_free(b);
	return NULL;
}

int
spec_copy(int fd, const struct board_place *p, bool wait)
{
	struct spec_builder *b = builder_of(fd);
	struct spec_ref pages;
	int copy;

	if (b == NULL)
		return -1;
	pages = spec_add_bytes(b, p->pages, sizeof(*p->pages),
	    board_slots_pages(p->nslots));
	spec_of(b)->place = (struct spec_place) { .section = p->number,
		.desk = p->desk,
		.nsources = p->nsources,
		.nslots = p->nslots,
		.pages = pages,
		.seed = p->seed };
	spec_of(b)->wait = wait;
	copy = spec_seal(b);
	spec_free(b);
	return copy;
}
