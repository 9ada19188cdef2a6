/* SPDX-License-Identifier: ISC */
/*
 * Requests as anyone may send them who can connect to the control socket: the
 * input as it is, and as the beginning of a whole request.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "ipc/command.h"

static void
one(const void *bytes, size_t size)
{
	struct command_request c;
	const char *why;

	memset(&c, 0xff, sizeof(c));
	why = command_parse(bytes, size, &c);
	if (why != NULL) {
		FUZZ_REQUIRE(why[0] != '\0' && strchr(why, '\n') == NULL);
		FUZZ_REQUIRE(c.service[0] == '\0' && c.ms == 0 && c.id == 0 &&
		    c.family == 0 && c.bits == 0);
		return;
	}
	FUZZ_REQUIRE(size == sizeof(c) && memcmp(bytes, &c, size) == 0);
	FUZZ_REQUIRE(c.version == COMMAND_VERSION);
	FUZZ_REQUIRE(command_name(c.verb) != NULL);
	FUZZ_REQUIRE(c.ms >= 0);
	FUZZ_REQUIRE(memchr(c.service, '\0', sizeof(c.service)) != NULL);
	FUZZ_REQUIRE(strpbrk(c.service, " \n\"/\\\033") == NULL);
	FUZZ_REQUIRE(c.family == 0 || c.family == 4 || c.family == 6);
	FUZZ_REQUIRE(c.bits <= (c.family == 4 ? 32 : 128));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct command_request whole = { .version = 0 };

	one(data, size);
	memcpy(&whole, data, size < sizeof(whole) ? size : sizeof(whole));
	one(&whole, sizeof(whole));
	return 0;
}
