/* SPDX-License-Identifier: ISC */
/*
 * Building settings, in main: a growing buffer that becomes a sealed memfd.
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
#include "ipc/scoreboard.h"
#include "ipc/settings.h"

struct settings_builder {
	char *buf;
	size_t size; /* used; a multiple of 8 */
	size_t room;
	int error; /* the errno of the first failed adder */
};

struct settings_builder *
settings_new(const char *service)
{
	struct settings_builder *b;
	struct settings *s;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		return NULL;
	b->size = (sizeof(*s) + 7) & ~(size_t)7;
	b->room = b->size + 4096;
	if ((b->buf = calloc(1, b->room)) == NULL) {
		free(b);
		return NULL;
	}
	s = settings_of(b);
	strlcpy(s->version, settings_version(), sizeof(s->version));
	strlcpy(s->service, service, sizeof(s->service));
	return b;
}

struct settings *
settings_of(struct settings_builder *b)
{
	return (struct settings *)(void *)b->buf;
}

static int
make_room(struct settings_builder *b, size_t more)
{
	size_t room = b->room;
	char *buf;

	if (more > SETTINGS_SIZE_MAX - b->size) {
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

struct settings_ref
settings_add_bytes(struct settings_builder *b, const void *data, size_t size,
    size_t count)
{
	struct settings_ref r = { 0, 0 };
	size_t whole;

	if (count == 0 || b->error != 0)
		return r;
	if (count > SETTINGS_SIZE_MAX / size) {
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
	int fd;

	if (b->error != 0) {
		errno = b->error;
		return -1;
	}
	settings_of(b)->size = (uint32_t)b->size;
	fd = memfd_create("tined settings", MFD_CLOEXEC | MFD_ALLOW_SEALING);
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
settings_free(struct settings_builder *b)
{
	if (b == NULL)
		return;
	free(b->buf);
	free(b);
}

static struct settings_builder *
builder_of(int fd)
{
	struct settings_builder *b = calloc(1, sizeof(*b));
	struct stat st;

	if (b == NULL || fstat(fd, &st) == -1)
		goto err;
	b->size = b->room = (size_t)st.st_size;
	if ((b->buf = malloc(b->room)) == NULL)
		goto err;
	if (pread(fd, b->buf, b->size, 0) == (ssize_t)b->size)
		return b;
err:
	settings_free(b);
	return NULL;
}

int
settings_copy(int fd, const struct scoreboard_place *p, bool wait)
{
	struct settings_builder *b = builder_of(fd);
	struct settings *s;
	struct settings_ref pages;
	int copy;

	if (b == NULL)
		return -1;
	pages = settings_add_bytes(b, p->pages, sizeof(*p->pages),
	    scoreboard_slots_pages(p->nslots));
	s = settings_of(b);
	s->place = *p;
	s->place.pages = NULL;
	s->pages = pages;
	s->wait = wait;
	copy = settings_seal(b);
	settings_free(b);
	return copy;
}
