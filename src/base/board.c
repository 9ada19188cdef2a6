/* SPDX-License-Identifier: ISC */
/*
 * The board's layout: a head page, then the sections, each a page of counters,
 * its slots and its sources.  Everything at a fixed place, so a reader needs
 * nothing that another process could falsify in order to find its way.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/board.h"

#define BOARD_MAGIC   0x74626f31u /* "tbo1" */
#define PAGE          4096u
#define LEFTOVERS_MAX (4u << 20) /* PID_MAX_LIMIT of the kernel */
#define SLOTS_SIZE    ((size_t)BOARD_SLOTS * sizeof(struct board_slot))
#define SOURCES_SIZE  ((size_t)BOARD_SOURCES * sizeof(struct board_source))
#define SECTION_SIZE  (PAGE + SLOTS_SIZE + SOURCES_SIZE)
#define BUCKETS_SIZE  ((size_t)BOARD_BUCKETS * sizeof(struct board_bucket))
#define HEAD_SIZE     (PAGE + BUCKETS_SIZE)
#define BOARD_SIZE    (HEAD_SIZE + (size_t)BOARD_SECTIONS * SECTION_SIZE)

_Static_assert(sizeof(struct board_head) <= PAGE, "board_head's size");
_Static_assert(sizeof(struct board_section) <= PAGE, "board_section's size");
_Static_assert(SOURCES_SIZE % PAGE == 0, "sources fill pages");
_Static_assert(BOARD_SECTIONS == 64, "a bit for each in used");

struct board {
	char *map;
	int fd;
	bool owner;
	uint64_t taken; /* board_head's used, which others can write to */
	struct board_totals gone; /* what released sections had counted */
};

struct board *
board_map(int fd)
{
	struct board *b;
	struct stat st;
	int seals;

	seals = fcntl(fd, F_GET_SEALS);
	if (seals == -1 || (seals & F_SEAL_SHRINK) == 0 ||
	    fstat(fd, &st) == -1 || st.st_size != (off_t)BOARD_SIZE) {
		errno = EINVAL;
		return NULL;
	}
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return NULL;
	b->fd = fd;
	b->map = mmap(NULL, BOARD_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	if (b->map == MAP_FAILED) {
		free(b);
		return NULL;
	}
	if (board_head(b)->magic != BOARD_MAGIC) {
		board_free(b);
		errno = EINVAL;
		return NULL;
	}
	return b;
}

struct board *
board_new(const char *name)
{
	struct board_head head = {
		.magic = BOARD_MAGIC, .sections = BOARD_SECTIONS, .next_id = 1
	};
	struct board *b;
	int fd;

	/* Where arc4random(3) has no memory, the process ends. */
	if (getentropy(&head.seed, sizeof(head.seed)) == -1)
		return NULL;
	fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1)
		return NULL;
	if (ftruncate(fd, BOARD_SIZE) == -1 ||
	    pwrite(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) ==
		-1 ||
	    (b = board_map(fd)) == NULL) {
		close(fd);
		return NULL;
	}
	b->owner = true;
	return b;
}

void
board_free(struct board *b)
{
	if (b == NULL)
		return;
	munmap(b->map, BOARD_SIZE);
	if (b->owner)
		close(b->fd);
	free(b);
}

uint32_t
board_nslots(uint32_t instances)
{
	return instances > BOARD_SLOTS - BOARD_SPARE ? BOARD_SLOTS :
						       instances + BOARD_SPARE;
}

int
board_fd(const struct board *b)
{
	return b->fd;
}

struct board_head *
board_head(const struct board *b)
{
	return (struct board_head *)(void *)b->map;
}

struct board_bucket *
board_buckets(const struct board *b)
{
	return (struct board_bucket *)(void *)(b->map + PAGE);
}

struct board_section *
board_section(const struct board *b, unsigned int sec)
{
	return (struct board_section *)(void *)(b->map + HEAD_SIZE +
	    sec * SECTION_SIZE);
}

struct board_slot *
board_slot(const struct board *b, unsigned int sec, unsigned int slot)
{
	char *slots = (char *)board_section(b, sec) + PAGE;

	return (struct board_slot *)(void *)slots + slot;
}

struct board_source *
board_sources(const struct board *b, unsigned int sec)
{
	char *sources = (char *)board_section(b, sec) + PAGE + SLOTS_SIZE;

	return (struct board_source *)(void *)sources;
}

/* Gives the memory back: the next owner finds zeros. */
static void
wipe(struct board *b, unsigned int sec)
{
	size_t off = HEAD_SIZE + sec * SECTION_SIZE;

	if (fallocate(b->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		(off_t)off, SECTION_SIZE) == -1)
		memset(b->map + off, 0, SECTION_SIZE);
}

int
board_take(struct board *b)
{
	unsigned int sec;

	if (b->taken == UINT64_MAX)
		return -1;
	sec = (unsigned int)__builtin_ctzll(~b->taken);
	b->taken |= (uint64_t)1 << sec;
	/* Others can write anywhere; a new acceptor finds what it needs. */
	wipe(b, sec);
	board_head(b)->magic = BOARD_MAGIC;
	board_head(b)->sections = BOARD_SECTIONS;
	atomic_store(&board_head(b)->used, b->taken);
	return (int)sec;
}

static void
totals_add(struct board_totals *t, struct board_counters *n)
{
	unsigned int i;

	t->accepted += atomic_load(&n->accepted);
	t->started += atomic_load(&n->started);
	t->ended += atomic_load(&n->ended);
	t->lost += atomic_load(&n->lost);
	t->in += atomic_load(&n->in);
	t->out += atomic_load(&n->out);
	for (i = 0; i < REFUSED_REASONS; i++)
		t->refused[i] += atomic_load(&n->refused[i]);
}

void
board_release(struct board *b, unsigned int sec)
{
	b->taken &= ~((uint64_t)1 << sec);
	atomic_store(&board_head(b)->used, b->taken);
	totals_add(&b->gone, &board_section(b, sec)->n);
	wipe(b, sec);
}

uint32_t
board_sessions(const struct board *b)
{
	uint64_t used = atomic_load(&board_head(b)->used);
	uint32_t n, sum = 0;

	while (used != 0) {
		n = atomic_load(&board_section(b,
		    (unsigned int)__builtin_ctzll(used))
				     ->nsessions);
		sum += n > BOARD_SLOTS ? BOARD_SLOTS : n;
		used &= used - 1;
	}
	return sum;
}

uint32_t
board_leftovers(const struct board *b)
{
	uint64_t used = b->taken;
	uint32_t n, sum = 0;

	for (; used != 0; used &= used - 1) {
		n = atomic_load(&board_section(b,
		    (unsigned int)__builtin_ctzll(used))
				     ->leftovers);
		sum += n > LEFTOVERS_MAX ? LEFTOVERS_MAX : n;
	}
	return sum;
}

void
board_sum(const struct board *b, struct board_totals *t)
{
	uint64_t used = atomic_load(&board_head(b)->used);

	*t = b->gone;
	while (used != 0) {
		totals_add(t,
		    &board_section(b, (unsigned int)__builtin_ctzll(used))->n);
		used &= used - 1;
	}
}

const char *
end_reason_name(enum end_reason r)
{
	static const char *const names[END_REASONS] = {
		[END_BY_ITSELF] = "",
		[END_IDLE] = "idle_timeout",
		[END_MAX] = "max_time",
		[END_DRAIN] = "drain_timeout",
		[END_PEER] = "peer_timeout",
	};

	return (unsigned int)r < END_REASONS ? names[r] : "unknown";
}

const char *
refusal_name(enum refusal r)
{
	static const char *const names[REFUSED_REASONS] = {
		[REFUSED_NOT] = "",
		[REFUSED_ACCESS] = "no_access",
		[REFUSED_INSTANCES] = "instances",
		[REFUSED_RATE] = "cps",
		[REFUSED_PER_SOURCE] = "per_source",
		[REFUSED_SOURCE_RATE] = "cps_per_source",
		[REFUSED_FORK] = "fork",
	};

	return (unsigned int)r < REFUSED_REASONS ? names[r] : "unknown";
}
