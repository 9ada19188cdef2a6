/* SPDX-License-Identifier: ISC */
/*
 * What a program writes to its standard error, in pieces of any size, and what
 * an acceptor may send beside it: each line becomes events whose texts are that
 * line, their service, id and pid are those of the session, and nothing that a
 * program writes ends the reading.
 *
 * The input: parts with a byte in front, their length; 255 makes the next part
 * a message of the acceptor's.
 */
#include "config.h"

#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "fuzz/fuzz.h"
#include "logger/lines.h"
#include "logger/stderrs.h"

#define INPUT_MAX 4096

static struct watch_set set;
static struct emit emit;
static char shown[2 * INPUT_MAX]; /* the lines, each with its newline */
static size_t nshown, nlines, nlost;

void
sink_use(struct sink *s, enum log_target target, enum log_format format,
    bool timed)
{
	s->target = target;
	s->format = format;
	s->timed = timed;
}

static const char *
field(const struct record_fields *f, const char *key)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->key[i], key) == 0)
			return f->value[i];
	FUZZ_REQUIRE(!"a pair is missing");
	return "";
}

void
sink_put(struct sink *s, struct record_fields *f)
{
	const char *msg;
	size_t n;

	(void)s;
	FUZZ_REQUIRE(strcmp(field(f, "service"), "fuzz") == 0);
	if (strcmp(f->event, "log") == 0) /* of an invalid message */
		return;
	FUZZ_REQUIRE(strcmp(field(f, "id"), "18446744073709551615") == 0);
	FUZZ_REQUIRE(strcmp(field(f, "pid"), "-1") == 0);
	if (strcmp(f->event, "lost") == 0) {
		nlost += strtoul(field(f, "lines"), NULL, 10);
		return;
	}
	FUZZ_REQUIRE(strcmp(f->event, "stderr") == 0 && f->n == 4);
	msg = field(f, "msg");
	n = strlen(msg);
	FUZZ_REQUIRE(n <= LINES_LENGTH && strchr(msg, '\n') == NULL);
	FUZZ_REQUIRE(nshown + n + 1 <= sizeof(shown));
	memcpy(shown + nshown, msg, n);
	shown[nshown + n] = '\n';
	nshown += n + 1;
	nlines++;
}

void
sink_flush(struct sink *s)
{
	(void)s;
}

static void
settle(void)
{
	while (watch_wait(&set, WATCH_MOST, 0, NULL) > 0)
		continue;
}

/* All that was shown, against what was written. */
static void
check(const char *in, size_t size)
{
	size_t i, at = 0;

	if (nlost > 0) {
		/* only above what may come at once */
		FUZZ_REQUIRE(nlines >= LINES_BURST);
		return;
	}
	for (i = 0; i < size; i++) {
		/* a fold is a newline more */
		if (in[i] != '\n' && shown[at] == '\n')
			at++;
		FUZZ_REQUIRE(at < nshown);
		FUZZ_REQUIRE(shown[at] == (in[i] == '\0' ? '?' : in[i]));
		at++;
	}
	if (size > 0 && in[size - 1] != '\n')
		FUZZ_REQUIRE(shown[at++] == '\n');
	FUZZ_REQUIRE(at == nshown);
}

static void
play(int acceptor, int program, const uint8_t *data, size_t size)
{
	static char in[INPUT_MAX];
	size_t n, have = 0;
	bool message = false;

	while (size > 0) {
		message = data[0] == UINT8_MAX;
		data += message;
		size -= message;
		if (size == 0)
			break;
		n = data[0] < size - 1 ? data[0] : size - 1;
		if (message && n > 0) {
			(void)send(acceptor, data + 1, n,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
		} else {
			FUZZ_REQUIRE(write(program, data + 1, n) == (ssize_t)n);
			memcpy(in + have, data + 1, n);
			have += n;
		}
		settle();
		data += n + 1;
		size -= n + 1;
	}
	close(program);
	settle();
	check(in, have);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stderr_msg msg = { .id = UINT64_MAX, .pid = -1 };
	const struct stderr_limits limits = { 4, 4, 1 };
	struct log_services services;
	struct log_service *s;
	struct stderrs all;
	int main[2], sock[2], ends[2];

	if (size > INPUT_MAX)
		return 0;
	if (emit.settings.level == 0) {
		FUZZ_REQUIRE(watch_open(&set) == 0);
		emit.settings.level = LEVEL_DEBUG;
	}
	nshown = nlines = nlost = 0;
	log_services_init(&services, &set, &emit);
	FUZZ_REQUIRE((s = log_service(&services, "fuzz")) != NULL);
	FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, main) == 0);
	FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sock) == 0);
	stderrs_init(&all, main[0]);
	FUZZ_REQUIRE(pipe(ends) == 0);
	FUZZ_REQUIRE(stderrs_add(&all, s, sock[0], &limits) == 0);
	FUZZ_REQUIRE(io_send_fd(sock[1], &msg, sizeof(msg), ends[0]) == 0);
	close(ends[0]);
	settle();
	FUZZ_REQUIRE(!TAILQ_EMPTY(&all.pipes.list));
	play(sock[1], ends[1], data, size);
	close(sock[1]);
	settle();
	stderrs_without_main(&all);
	stderrs_tick(&all, INT64_MAX);
	FUZZ_REQUIRE(log_services_idle(&services));
	log_services_turn(&services);
	FUZZ_REQUIRE(TAILQ_EMPTY(&services.list));
	close(main[0]);
	close(main[1]);
	return 0;
}
