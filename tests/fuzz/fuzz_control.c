/* SPDX-License-Identifier: ISC */
/*
 * Messages as a confined acceptor may send them to main: the first byte of
 * each part of the input is its length, then come its bytes.
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "ipc/control.h"

/* A part as it is, or as the beginning of a whole message. */
static void
one(const int sv[2], const uint8_t *part, size_t n, int whole)
{
	char bytes[sizeof(struct control) + 256] = { 0 };
	struct control msg;
	size_t size = whole ? sizeof(struct control) : n;
	int got;

	memcpy(bytes, part, n);
	if (size == 0)
		return;
	FUZZ_REQUIRE(send(sv[0], bytes, size, MSG_DONTWAIT) == (ssize_t)size);
	memset(&msg, 0xff, sizeof(msg));
	got = control_receive(sv[1], &msg);
	FUZZ_REQUIRE(got == 1 || (got == -1 && errno == EBADMSG));
	if (got == 1) {
		FUZZ_REQUIRE(msg.type > 0 && msg.type < CONTROL_TYPES);
		FUZZ_REQUIRE(memchr(msg.text, '\0', sizeof(msg.text)) != NULL);
	}
	FUZZ_REQUIRE(control_receive(sv[1], &msg) == -1 && errno == EAGAIN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n;
	int sv[2];

	FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			 sv) == 0);
	while (size > 0) {
		n = data[0] < size - 1 ? data[0] : size - 1;
		one(sv, data + 1, n, 0);
		one(sv, data + 1, n, 1);
		data += n + 1;
		size -= n + 1;
	}
	close(sv[0]);
	close(sv[1]);
	return 0;
}
