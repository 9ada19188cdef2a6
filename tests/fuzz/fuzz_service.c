/* SPDX-License-Identifier: ISC */
/*
 * Every built-in service over a socket pair.  The first byte of the input
 * chooses the service, the rest is what the client sends before it
 * half-closes.  A reply that is not what its RFC says is a crash.
 */
#include "config.h"

#include <sys/socket.h>

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "service/service.h"

#define INPUT_MAX 8192 /* fits into the pair's buffers, both ways */

static struct settings settings;

/* All that the session has left in the pair; it has ended by now. */
static size_t
collect(int fd, uint8_t *buf, size_t size)
{
	size_t have = 0;
	ssize_t n;

	while (have < size && (n = read(fd, buf + have, size - have)) > 0)
		have += (size_t)n;
	return have;
}

/* RFC 864's recommendation: lines of 72, a ring of the printable characters. */
static void
check_chargen(const uint8_t *out, size_t n)
{
	size_t i, line, at;

	FUZZ_REQUIRE(n > 0);
	for (i = 0; i < n; i++) {
		line = i / 74;
		at = i % 74;
		FUZZ_REQUIRE(out[i] ==
		    (at == 72        ? '\r' :
			    at == 73 ? '\n' :
				       ' ' + (line + at) % 95));
	}
}

/* Lines of `key: value`, printable, the last one whole. */
static void
check_whoami(const uint8_t *out, size_t n)
{
	size_t i;

	FUZZ_REQUIRE(n > 9 && memcmp(out, "service: ", 9) == 0);
	FUZZ_REQUIRE(out[n - 1] == '\n');
	for (i = 0; i < n; i++)
		FUZZ_REQUIRE(out[i] == '\n' ||
		    (out[i] >= ' ' && out[i] <= '~'));
}

static void
check(enum builtin b, const uint8_t *in, size_t size, int fd)
{
	static uint8_t out[2 * INPUT_MAX];
	size_t n = collect(fd, out, sizeof(out));

	switch (b) {
	case BUILTIN_echo:
		FUZZ_REQUIRE(n == size && memcmp(in, out, n) == 0);
		break;
	case BUILTIN_discard:
		FUZZ_REQUIRE(n == 0);
		break;
	case BUILTIN_time:
		FUZZ_REQUIRE(n == 4);
		break;
	case BUILTIN_daytime:
		FUZZ_REQUIRE(n > 2 && memcmp(out + n - 2, "\r\n", 2) == 0);
		break;
	case BUILTIN_whoami:
		check_whoami(out, n);
		break;
	case BUILTIN_chargen:
		check_chargen(out, n);
		break;
	default:
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scoreboard_slot slot = { .peer.family = AF_UNIX };
	struct session s = { .settings = &settings, .slot = &slot };
	enum builtin b;
	int fd[2];

	if (size < 1 || size > INPUT_MAX)
		return 0;
	b = (enum builtin)(data[0] % BUILTIN_COUNT);
	data++;
	size--;
	FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	FUZZ_REQUIRE(size == 0 || write(fd[1], data, size) == (ssize_t)size);
	/* chargen ends only when its peer does not read. */
	s.idle_ms = b == BUILTIN_chargen ? 1 : 1000;
	FUZZ_REQUIRE(shutdown(fd[1], SHUT_WR) == 0);
	s.fd = fd[0];
	service_get(b)(&s);
	FUZZ_REQUIRE(slot.in <= size);
	FUZZ_REQUIRE(slot.reason ==
	    (b == BUILTIN_chargen ? END_IDLE : END_BY_ITSELF));
	close(fd[0]);
	check(b, data, size, fd[1]);
	close(fd[1]);
	return 0;
}
