/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ipc/scoreboard_main.h"
#include "ipc/scoreboard_private.h"

int
scoreboard_reach(struct scoreboard *b, uint32_t end)
{
	struct keeper *k = b->keeper;
	void *map;

	if (end <= b->npages)
		return 0;
	if (end > k->length &&
	    ftruncate(k->fd, (off_t)end * SCOREBOARD_PAGE) == -1)
		return -1;
	if (end > k->length)
		k->length = end;
	map = mremap(b->head, b->mapped, (size_t)k->length * SCOREBOARD_PAGE,
	    MREMAP_MAYMOVE);
	if (map == MAP_FAILED)
		return -1;
	b->head = map;
	b->mapped = (size_t)k->length * SCOREBOARD_PAGE;
	b->npages = k->length;
	return 0;
}

uint32_t
scoreboard_next_written(const struct scoreboard *b, uint32_t page)
{
	off_t off = lseek(b->keeper->fd, (off_t)page * SCOREBOARD_PAGE,
	    SEEK_DATA);

	if (off == -1)
		return errno == ENXIO ? UINT32_MAX : page;
	return (uint32_t)(off / SCOREBOARD_PAGE);
}

static int
make_hole(const struct scoreboard *b, uint32_t page, uint32_t end)
{
	return fallocate(b->keeper->fd,
	    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	    (off_t)page * SCOREBOARD_PAGE,
	    (off_t)(end - page) * SCOREBOARD_PAGE);
}

void
scoreboard_clean(struct scoreboard *b, uint32_t first, uint32_t n)
{
	uint32_t page = scoreboard_next_written(b, first);

	space_give(&b->keeper->dirty, first, n);
	if (page >= first + n || make_hole(b, page, first + n) == 0)
		return;
	for (; page < first + n; page = scoreboard_next_written(b, page + 1))
		memset(scoreboard_at(b, page), 0, SCOREBOARD_PAGE);
}

uint64_t
scoreboard_memory(const struct scoreboard *b)
{
	struct stat st;

	return fstat(b->keeper->fd, &st) == -1 ? 0 :
						 (uint64_t)st.st_blocks * 512;
}

void
scoreboard_look_for_stray(struct scoreboard *b)
{
	struct keeper *k = b->keeper;
	uint32_t page = 1, end;
	uint64_t most = k->space.nbusy + k->dirty.nbusy;

	most += 1; /* the first page, which space does not have */
	if (!k->rates)
		most -= SCOREBOARD_BUCKETS_PAGES;
	if (scoreboard_memory(b) / SCOREBOARD_PAGE <= most)
		return;
	k->dirty_buckets = !k->rates;
	while ((page = space_next_free(&k->space, page)) < k->length) {
		end = space_next_busy(&k->space, page);
		if (end > k->length)
			end = k->length;
		space_put(&k->dirty, page, end - page);
		page = end;
	}
}

void
scoreboard_use_buckets(struct scoreboard *b, bool use)
{
	b->keeper->dirty_buckets = b->keeper->rates && !use;
	b->keeper->rates = use;
}

bool
scoreboard_trim(struct scoreboard *b)
{
	struct keeper *k = b->keeper;
	uint32_t page = space_next_busy(&k->dirty, 1), end;

	if (k->dirty_buckets) {
		(void)make_hole(b, SCOREBOARD_HEAD_PAGES, SCOREBOARD_FIRST);
		k->dirty_buckets = false;
		return page < k->length;
	}
	if (page >= k->length)
		return false;
	end = space_next_busy(&k->space, page);
	if (end > k->length)
		end = k->length;
	(void)make_hole(b, page, end);
	space_give(&k->dirty, page, end - page);
	return space_next_busy(&k->dirty, end) < k->length;
}

/* Only its owner can open it by /proc, and it cannot be sealed against growing. */
int
scoreboard_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd == -1)
		return -1;
	if (fchmod(fd, 0600) == 0 &&
	    ftruncate(fd, (off_t)SCOREBOARD_FIRST * SCOREBOARD_PAGE) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
		return fd;
	close(fd);
	return -1;
}
