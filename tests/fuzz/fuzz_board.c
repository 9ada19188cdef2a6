/* SPDX-License-Identifier: ISC */
/*
 * A board as one finds it whose writers have scribbled over it.  The input is
 * repeated over the head, over a section's counters, over some of its slots
 * (a step apart) and its sources; then everything that reads them is called:
 * the counts, the limits, the rates, the rebuilding, and main's adoption.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/limits.h"
#include "acceptor/rate.h"
#include "base/board.h"
#include "base/source.h"
#include "fuzz/fuzz.h"
#include "main/adopt.h"

#define SLOTS_HERE   64
#define SOURCES_HERE 1024

static struct served *served;
static struct adopted_list list = TAILQ_HEAD_INITIALIZER(list);
static struct service_conf conf = { .prefix_v4 = 32, .prefix_v6 = 64 };

/* Nobody is main's own: this process has no children at all. */
static bool
is_own(pid_t pid)
{
	(void)pid;
	return false;
}

static void
fill(void *to, size_t n, const uint8_t *data, size_t size)
{
	char *p = to;
	size_t part;

	for (; n > 0; n -= part, p += part) {
		part = n < size ? n : size;
		memcpy(p, data, part);
	}
}

static void
scribble(const uint8_t *data, size_t size)
{
	struct board *b = served->board;
	uint32_t magic = board_head(b)->magic;
	unsigned int i;

	fill(board_head(b), sizeof(struct board_head), data, size);
	board_head(b)->magic = magic;
	fill(board_section(b, 0), sizeof(struct board_section), data, size);
	for (i = 0; i < SLOTS_HERE; i++)
		fill(board_slot(b, 0, i * 1001), sizeof(struct board_slot),
		    data + i % size, size - i % size);
	fill(board_sources(b, 0), SOURCES_HERE * sizeof(struct board_source),
	    data, size);
	fill(board_buckets(b), SOURCES_HERE * sizeof(struct board_bucket), data,
	    size);
}

static void
use_as_acceptor(void)
{
	const struct board *b = served->board;
	const struct spec s = { .section = 1,
		.instances = 10,
		.per_source = 5,
		.prefix_v4 = 32,
		.prefix_v6 = 64,
		.cps = { 100, 10 },
		.cps_per_source = { 10, 2 } };
	struct addr a = { .family = AF_INET, .ip = { 192, 0, 2, 1 } };
	uint32_t nth;

	FUZZ_REQUIRE(board_sessions(b) <= BOARD_SECTIONS * BOARD_SLOTS);
	if (limits_enter(b, &s))
		limits_leave(b, &s);
	FUZZ_REQUIRE(limits_pace(b, &s, 1000000) >= 0);
	FUZZ_REQUIRE(limits_pace(b, &s, 1000000) <= 10);
	limits_start(b, &s, 1000000);
	if (limits_source(b, &s, 1000000, &a, &nth) == REFUSED_NOT)
		source_remove(b, 1, &a);
	a = board_slot(b, 0, 0)->peer;
	addr_mask(&a, 32, 64);
	source_remove(b, 0, &a);
	FUZZ_REQUIRE(source_count(b, &a) <= BOARD_SECTIONS * BOARD_SLOTS);
}

static void
use_as_main(void)
{
	struct board_totals t;
	char junk[4096];

	board_sum(served->board, &t);
	source_rebuild(served->board, 0, 32, 64);
	adopt_section(&list,
	    &(struct acceptor) { .served = served, .nslots = BOARD_SLOTS },
	    is_own);
	FUZZ_REQUIRE(adopt_count(&list) == 0);
	FUZZ_REQUIRE(TAILQ_EMPTY(&list));
	while (read(served->log[0], junk, sizeof(junk)) > 0)
		continue;
	/* Main knows what it has given away, whatever the head says. */
	FUZZ_REQUIRE(board_take(served->board) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (served == NULL) {
		FUZZ_REQUIRE((served = served_new("fuzz")) != NULL);
		served->now.conf = &conf;
		FUZZ_REQUIRE(board_take(served->board) == 0);
		FUZZ_REQUIRE(board_take(served->board) == 1);
	}
	scribble(data, size);
	use_as_acceptor();
	use_as_main();
	return 0;
}
