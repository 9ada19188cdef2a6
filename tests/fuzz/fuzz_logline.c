/* SPDX-License-Identifier: ISC */
/*
 * Whatever a record holds, it becomes one line of printable text, or one JSON
 * object, that ends where it should.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "logger/logend.h"
#include "logger/logline.h"
#include "logger/loglines.h"

static char line[LOGLINE_MAX];

/* The fields as lines of that size. */
static void
write_lines(const struct record_fields *f, size_t size)
{
	static struct logline_read got;
	size_t len, i;

	len = logline_text(f, line, size);
	FUZZ_REQUIRE(len <= size);
	if (size == sizeof(line)) {
		FUZZ_REQUIRE(logline_read(line, len, &got));
		FUZZ_REQUIRE(strcmp(got.event, f->event) == 0 ||
		    strlen(f->event) >= sizeof(got.event));
		for (i = 0; i < got.n; i++)
			FUZZ_REQUIRE(strncmp(got.value[i], f->value[i],
					 strlen(got.value[i])) == 0);
	}
	len = logline_json(f, line, size);
	FUZZ_REQUIRE(len <= size);
	if (size >= 64)
		FUZZ_REQUIRE(logline_is_json(line, len));
}

static void
event(const uint8_t *rec, size_t size)
{
	struct record_fields f;
	char buf[ADDR_TEXT_MAX];
	size_t i;

	if (record_fields(rec, size, &f) == -1 || strlen(f.event) > 60)
		return;
	for (i = 0; i < f.n; i++)
		if (strlen(f.key[i]) > 60)
			return;
	logend_peer(&f.peer, PEER_PREFIX, buf, sizeof(buf));
	FUZZ_REQUIRE(strlen(buf) > 0 && strlen(buf) < sizeof(buf));
	write_lines(&f, sizeof(line));
	write_lines(&f, size);
}

static void
end(const uint8_t *bytes, size_t size)
{
	struct record_fields f = { .level = LEVEL_INFO, .event = "end" };
	struct scoreboard_slot slot;
	struct end_store store;

	memset(&slot, 0, sizeof(slot));
	memcpy(&slot, bytes, size < sizeof(slot) ? size : sizeof(slot));
	record_add(&f, "service", "echo");
	logend_fields(&slot, NULL, (enum log_peer)(size % 3), &store, &f);
	write_lines(&f, sizeof(line));
	write_lines(&f, size % 300);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int n = record_next(data, size);

	if (n > 0)
		event(data, (size_t)n);
	end(data, size);
	return 0;
}
