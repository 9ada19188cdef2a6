/* SPDX-License-Identifier: ISC */
/*
 * A board as one finds it whose writers have scribbled over it.  The input is
 * repeated over the head, the index, the counters and sources of two sections and
 * of the ledger, the buckets, and some slots (a step apart); then everything that
 * reads them is called: the counts, the limits and the rates as an acceptor has
 * them, and main's adoption, which goes by its own account of what is where.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/limits.h"
#include "fuzz/fuzz.h"
#include "ipc/scoreboard_main.h"
#include "ipc/scoreboard_private.h"
#include "ipc/source.h"
#include "main/adopt.h"
#include "main/worker_control.h"

#define SLOTS_HERE   64
#define BUCKETS_HERE 1024
#define INSTANCES    3000

static struct served *served;
static struct adopted_list list;
static struct service_conf conf = { .prefix_v4 = 32, .prefix_v6 = 64 };
static struct worker dead;
static struct scoreboard_place place; /* of the acceptor that lives */
static struct scoreboard *own;        /* as it has the board */

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
fill_section(const struct scoreboard_place *p, const uint8_t *data, size_t size)
{
	struct scoreboard_parts d = scoreboard_parts(served->board, p);

	fill(d.section, sizeof(*d.section), data, size);
	fill(d.sources, d.nsources * sizeof(*d.sources), data, size);
}

static void
scribble(const uint8_t *data, size_t size)
{
	struct scoreboard *b = served->board;
	unsigned int i;

	fill(b->head, sizeof(struct scoreboard_head), data, size);
	fill(scoreboard_index(b), SCOREBOARD_LIVE * sizeof(uint64_t),
	    data + size / 2, size - size / 2);
	fill_section(&dead.place, data, size);
	fill_section(&place, data, size);
	fill_section(scoreboard_ledger(b), data, size);
	for (i = 0; i < SLOTS_HERE; i++)
		fill(scoreboard_slot(b, &dead.place, i * 61),
		    sizeof(struct scoreboard_slot), data + i % size,
		    size - i % size);
	fill(scoreboard_buckets(b),
	    BUCKETS_HERE * sizeof(struct scoreboard_bucket), data, size);
}

static void
use_as_acceptor(void)
{
	const struct scoreboard *b = own;
	const struct settings s = { .instances = 10,
		.per_source = 5,
		.prefix_v4 = 32,
		.prefix_v6 = 64,
		.cps = { 100, 10 },
		.cps_per_source = { 10, 2 } };
	struct addr a = { .family = AF_INET, .ip = { 192, 0, 2, 1 } };
	int64_t wait_ms;
	uint32_t nth;

	scoreboard_outgrown(b);
	FUZZ_REQUIRE(scoreboard_sessions(b) <=
	    (SCOREBOARD_LIVE + 1) * SCOREBOARD_SLOTS);
	if (limits_enter(b, &s))
		limits_leave(b);
	wait_ms = limits_start(b, &s, 1000000);
	FUZZ_REQUIRE(wait_ms >= 0 && wait_ms <= 10);
	limits_not_started(b, &s);
	if (limits_source(b, &s, 1000000, &a, &nth) == REFUSED_NOT)
		limits_source_left(b, &s, &a);
	a = scoreboard_slot(b, &place, 0)->peer;
	addr_mask(&a, 32, 64);
	source_remove(b, &b->own, &a);
	FUZZ_REQUIRE(source_count(b, &a) <=
	    (SCOREBOARD_LIVE + 1) * SCOREBOARD_SLOTS);
}

static void
use_as_main(void)
{
	struct scoreboard_counters t;
	char junk[4096];

	FUZZ_REQUIRE(scoreboard_sessions(served->board) <=
	    3 * SCOREBOARD_SLOTS);
	scoreboard_sum(served->board, &t);
	adopt_section(&list, &dead);
	FUZZ_REQUIRE(list.n == 0);
	FUZZ_REQUIRE(TAILQ_EMPTY(&served->adopted));
	while (read(served->log[0], junk, sizeof(junk)) > 0)
		continue;
	worker_control_wake(served);
	/* Main knows what it has given away, whatever stands there. */
	FUZZ_REQUIRE(scoreboard_take(served->board, INSTANCES, &dead.place) ==
	    0);
	FUZZ_REQUIRE(dead.place.number == 1);
	FUZZ_REQUIRE(served->board->npages < 2000);
}

static void
begin(void)
{
	FUZZ_REQUIRE((served = served_new("fuzz")) != NULL);
	served->now.conf = &conf;
	dead.served = served;
	FUZZ_REQUIRE(scoreboard_take(served->board, INSTANCES, &dead.place) ==
	    0);
	FUZZ_REQUIRE(scoreboard_take(served->board, INSTANCES, &place) == 0);
	own = scoreboard_map(scoreboard_fd(served->board), &place);
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
