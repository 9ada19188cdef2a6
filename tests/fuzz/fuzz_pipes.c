/* SPDX-License-Identifier: ISC */
/*
 * A log pipe into which a confined process writes what it likes: what is shown
 * does not depend on the pieces in which it comes, is of its service alone, and
 * each event is one line.
 *
 * The input: a byte that says how large the pieces are, then the bytes.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "logger/logline.h"
#include "logger/pipes.h"

#define INPUT_MAX 16384

static struct watch_set set;
static struct emit emit;
static uint64_t hash; /* of all that was shown */
static unsigned int nshown;

void
sink_use(struct sink *s, enum log_target target, enum log_format format,
    bool timed)
{
	s->target = target;
	s->format = format;
	s->timed = timed;
}

void
sink_put(struct sink *s, struct record_fields *f)
{
	static char line[LOGLINE_MAX];
	size_t len, i;

	(void)s;
	FUZZ_REQUIRE(f->n > 0 && f->n <= RECORD_FIELDS);
	FUZZ_REQUIRE(strcmp(f->key[0], "service") == 0);
	FUZZ_REQUIRE(strcmp(f->value[0], "fuzz") == 0);
	for (i = 1; i < f->n; i++)
		FUZZ_REQUIRE(strcmp(f->key[i], "service") != 0);
	len = logline_text(f, line, sizeof(line));
	FUZZ_REQUIRE(len > 0 && memchr(line, '\n', len) == line + len - 1);
	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)line[i]) * 0x100000001b3;
	nshown++;
}

void
sink_flush(struct sink *s)
{
	(void)s;
}

static void
play(const uint8_t *data, size_t size, size_t piece)
{
	struct log_services services;
	struct log_service *s;
	int ends[2];
	size_t n;

	hash = 0xcbf29ce484222325;
	nshown = 0;
	log_services_init(&services, &set, &emit);
	FUZZ_REQUIRE((s = log_service(&services, "fuzz")) != NULL);
	FUZZ_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
	FUZZ_REQUIRE(pipes_add(s, ends[0]) == 0);
	log_service_name(s, 2, "unix:/run/fuzz.sock");
	for (; size > 0 && !log_services_idle(&services);
	     data += n, size -= n) {
		n = size < piece ? size : piece;
		FUZZ_REQUIRE(write(ends[1], data, n) == (ssize_t)n);
		watch_wait(&set, WATCH_MOST, 0, NULL);
	}
	close(ends[1]);
	FUZZ_REQUIRE(log_services_drain(&services, NULL, INT64_MAX));
	FUZZ_REQUIRE(log_services_idle(&services));
	log_services_turn(&services);
	FUZZ_REQUIRE(TAILQ_EMPTY(&services.list));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int n;
	uint64_t whole;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	if (emit.settings.level == 0) {
		FUZZ_REQUIRE(watch_open(&set) == 0);
		emit.settings.level = LEVEL_DEBUG;
	}
	play(data + 1, size - 1, INPUT_MAX);
	whole = hash;
	n = nshown;
	play(data + 1, size - 1, data[0] + 1u);
	FUZZ_REQUIRE(hash == whole && nshown == n);
	return 0;
}
