/* SPDX-License-Identifier: ISC */
/*
 * A board as one finds it whose writers have scribbled over it.  The input is
 * repeated over the head, the index, the counters and sources of two desks and
 * of the ledger, the buckets, and some slots (a step apart); then everything that
 * reads them is called: the counts, the limits and the rates as an acceptor has
 * them, and main's adoption, which goes by its own account of what is where.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/limits.h"
#include "acceptor/rate.h"
#include "fuzz/fuzz.h"
#include "ipc/board_private.h"
#include "ipc/source.h"
#include "main/acceptors.h"
#include "main/adopt.h"

#define SLOTS_HERE   64
#define BUCKETS_HERE 1024
#define INSTANCES    3000

static struct served *served;
static struct adopted_list list;
static struct service_conf conf = { .prefix_v4 = 32, .prefix_v6 = 64 };
static struct acceptor dead;
static struct board_place place; /* of the acceptor that lives */
static struct board *own;        /* as it has the board */

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
fill_desk(const struct board_place *p, const uint8_t *data, size_t size)
{
	struct board_desk d = board_desk(served->board, p);

	fill(d.section, sizeof(*d.section), data, size);
	fill(d.sources, d.nsources * sizeof(*d.sources), data, size);
}

static void
scribble(const uint8_t *data, size_t size)
{
	struct board *b = served->board;
	unsigned int i;

	fill(board_head(b), sizeof(struct board_head), data, size);
	fill(board_index(b), BOARD_LIVE * sizeof(uint64_t), data + size / 2,
	    size - size / 2);
	fill_desk(&dead.place, data, size);
	fill_desk(&place, data, size);
	fill_desk(board_ledger(b), data, size);
	for (i = 0; i < SLOTS_HERE; i++)
		fill(board_slot(b, &dead.place, i * 61),
		    sizeof(struct board_slot), data + i % size,
		    size - i % size);
	fill(board_buckets(b), BUCKETS_HERE * sizeof(struct board_bucket), data,
	    size);
}

static void
use_as_acceptor(void)
{
	const struct board *b = own;
	const struct spec s = { .instances = 10,
		.per_source = 5,
		.prefix_v4 = 32,
		.prefix_v6 = 64,
		.cps = { 100, 10 },
		.cps_per_source = { 10, 2 } };
	struct addr a = { .family = AF_INET, .ip = { 192, 0, 2, 1 } };
	uint32_t nth;

	board_outgrown(b);
	FUZZ_REQUIRE(board_sessions(b) <= (BOARD_LIVE + 1) * BOARD_SLOTS);
	if (limits_enter(b, &s))
		limits_leave(b);
	FUZZ_REQUIRE(limits_pace(b, &s, 1000000) >= 0);
	FUZZ_REQUIRE(limits_pace(b, &s, 1000000) <= 10);
	limits_start(b, &s, 1000000);
	limits_not_started(b, &s);
	if (limits_source(b, &s, 1000000, &a, &nth) == REFUSED_NOT)
		limits_source_left(b, &s, &a);
	a = board_slot(b, &place, 0)->peer;
	addr_mask(&a, 32, 64);
	source_remove(b, board_own(b), &a);
	FUZZ_REQUIRE(source_count(b, &a) <= (BOARD_LIVE + 1) * BOARD_SLOTS);
}

static void
use_as_main(void)
{
	struct board_totals t;
	char junk[4096];

	FUZZ_REQUIRE(board_sessions(served->board) <= 3 * BOARD_SLOTS);
	board_sum(served->board, &t);
	adopt_section(&list, &dead, is_own);
	FUZZ_REQUIRE(adopt_count(&list) == 0);
	FUZZ_REQUIRE(TAILQ_EMPTY(&served->adopted));
	while (read(served->log[0], junk, sizeof(junk)) > 0)
		continue;
	acceptors_wake(served);
	/* Main knows what it has given away, whatever stands there. */
	FUZZ_REQUIRE(board_take(served->board, INSTANCES, &dead.place) == 0);
	FUZZ_REQUIRE(dead.place.number == 1);
	FUZZ_REQUIRE(board_npages(served->board) < 2000);
}

static void
begin(void)
{
	FUZZ_REQUIRE((served = served_new("fuzz")) != NULL);
	served->now.conf = &conf;
	dead.served = served;
	FUZZ_REQUIRE(board_take(served->board, INSTANCES, &dead.place) == 0);
	FUZZ_REQUIRE(board_take(served->board, INSTANCES, &place) == 0);
	own = board_map(board_fd(served->board), &place);
	FUZZ_REQUIRE(own != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (served == NULL)
		begin();
	scribble(data, size);
	use_as_acceptor();
	use_as_main();
	return 0;
}
