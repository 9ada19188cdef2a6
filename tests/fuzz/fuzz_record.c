/* SPDX-License-Identifier: ISC */
/*
 * Records as a confined process may write them into its log pipe, and slots
 * as it may leave them on the board: the reader refuses or understands them,
 * and the writer makes only what the reader understands.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "ipc/record.h"

/* A stream, as the logger reads it. */
static void
stream(const uint8_t *data, size_t size)
{
	struct record_fields f;
	struct scoreboard_slot slot;
	char again[256];
	size_t i;
	int n;

	while ((n = record_next(data, size)) > 0) {
		FUZZ_REQUIRE((size_t)n <= size);
		if (record_fields(data, (size_t)n, &f) == 0) {
			FUZZ_REQUIRE(f.n <= RECORD_FIELDS);
			for (i = 0; i < f.n; i++)
				FUZZ_REQUIRE(f.value[i] + strlen(f.value[i]) <
				    (const char *)data + n);
		} else if (record_slot(data, (size_t)n, &slot) == 0) {
			FUZZ_REQUIRE(record_end(&slot, again, sizeof(again)) ==
			    (size_t)n);
			FUZZ_REQUIRE(memcmp(again, data, (size_t)n) == 0);
		}
		data += n;
		size -= (size_t)n;
	}
}

/* A slot of any bytes. */
static void
slot(const uint8_t *data, size_t size)
{
	struct scoreboard_slot s, got;
	char buf[256];
	size_t n;

	memset(&s, 0, sizeof(s));
	memcpy(&s, data, size < sizeof(s) ? size : sizeof(s));
	n = record_end(&s, buf, sizeof(buf));
	FUZZ_REQUIRE(record_next(buf, sizeof(buf)) == (int)n);
	FUZZ_REQUIRE(record_slot(buf, n, &got) == 0);
}

/* An event of strings: the input's parts between NULs, two a pair. */
static void
event(const uint8_t *data, size_t size)
{
	static char text[3 * RECORD_MAX];
	struct record_fields f;
	struct record r;
	const char *p, *key;

	if (size + 2 > sizeof(text))
		return;
	memcpy(text, data, size);
	memset(text + size, 0, 2);
	record_begin(&r, (enum level)(size % 8), text);
	for (p = text + strlen(text) + 1; p < text + size;) {
		key = p;
		p += strlen(p) + 1;
		record_str(&r, key, p);
		p += strlen(p) + 1;
	}
	FUZZ_REQUIRE(record_next(&r, sizeof(r)) == r.head.size);
	FUZZ_REQUIRE(record_fields(&r, r.head.size, &f) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	stream(data, size);
	slot(data, size);
	event(data, size);
	return 0;
}
