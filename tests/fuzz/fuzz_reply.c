/* SPDX-License-Identifier: ISC */
/*
 * A hostile server: what it answers is judged by tine ping and tine bench as a
 * simple model of them judges it, every request of a bench is counted once, and
 * tine itself hands on every byte.
 *
 * The input: a byte for the question, a byte for its size, then the pieces of
 * the answer: a byte whose lowest bits say what it is (bytes as they stand, the
 * right answer, the right answer with a wrong byte), then its length.
 */
#include "config.h"

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "tine/bench/conn.h"
#include "tine/bench/receive.h"
#include "tine/ping.h"
#include "tine/relay.h"
#include "tine/units.h"

#define INPUT_MAX  2048
#define PIECES_MAX 64
#define EVENTS     8

struct piece {
	char *bytes;
	size_t n;
};

struct script {
	struct piece piece[PIECES_MAX];
	size_t n;
	size_t total;
};

static struct ping ping;
static struct plan plan;
static struct worker worker;
static struct request echo;
static int listener;

static void
prepare(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct endpoint *ep = &plan.ep;

	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FUZZ_REQUIRE(bind(listener, (struct sockaddr *)&sun,
			 sizeof(sa_family_t)) == 0 &&
	    listen(listener, 1) == 0);
	ep->len = sizeof(ep->ss);
	FUZZ_REQUIRE(getsockname(listener, (struct sockaddr *)&ep->ss,
			 &ep->len) == 0);
	FUZZ_REQUIRE(request_init(&echo, NULL, false, 1) == 0);
	plan.peer.timeout = NS_PER_S * 3600;
	plan.connections = plan.threads = 1;
	FUZZ_REQUIRE(worker_init(&worker, &plan, 0) == 0);
}

static void
choose(struct request *q, const uint8_t *data)
{
	*q = (struct request) { .kind = (enum request_kind)(data[0] % 3) };
	if (q->kind == REQUEST_ECHO) {
		*q = echo;
		q->size = 1u + data[1] * (data[1] < 128 ? 1u : 31u);
		return;
	}
	FUZZ_REQUIRE(request_init(q, "who", q->kind == REQUEST_EOF, 0) == 0);
}

/* The pieces of an answer to the request that begins there. */
static void
write_script(struct script *s, const struct request *q, uint32_t offset,
    const uint8_t *data, size_t size)
{
	uint64_t pos = 0;
	size_t n, some, i;
	struct piece *p;

	s->n = s->total = 0;
	while (size > 1 && s->n < PIECES_MAX) {
		p = &s->piece[s->n];
		n = data[1] * (data[0] >= 128 ? 31u : 1u);
		if (data[0] % 4 == 0 && n > size - 2)
			n = size - 2;
		if (n == 0)
			n = 1;
		FUZZ_REQUIRE((p->bytes = calloc(1, n)) != NULL);
		p->n = n;
		for (i = 0; i < n && data[0] % 4 != 0; i++, pos++)
			if (q->kind == REQUEST_ECHO)
				p->bytes[i] = *request_at(q, offset,
				    pos % q->size, &some);
		if (data[0] % 4 == 2)
			p->bytes[n / 2] ^= 1;
		if (data[0] % 4 == 3)
			p->bytes[n - 1] = '\n';
		if (data[0] % 4 == 0 && size > 2)
			memcpy(p->bytes, data + 2, n < size - 2 ? n : size - 2);
		n = data[0] % 4 == 0 ? (n < size - 2 ? n : size - 2) : 0;
		data += 2 + n;
		size -= 2 + n;
		s->total += p->n;
		s->n++;
	}
}

/* Leaves only the first n pieces. */
static void
cut_script(struct script *s, size_t n)
{
	while (s->n > n) {
		s->total -= s->piece[--s->n].n;
		free(s->piece[s->n].bytes);
	}
}

/* The model: what the answer is worth, piece by piece. */
static enum verdict
judge(const struct script *s, const struct request *q, uint32_t offset)
{
	uint64_t pos = 0;
	size_t i, k, some;
	const char *nl;

	for (i = 0; i < s->n; i++) {
		const struct piece *p = &s->piece[i];

		nl = memchr(p->bytes, '\n', p->n);
		if (q->kind == REQUEST_LINE && nl != NULL)
			return nl == p->bytes + p->n - 1 ? VERDICT_ANSWERED :
							   VERDICT_CORRUPT;
		for (k = 0; k < p->n && q->kind == REQUEST_ECHO; k++, pos++)
			if (pos == q->size ||
			    p->bytes[k] != *request_at(q, offset, pos, &some))
				return VERDICT_CORRUPT;
		if (q->kind == REQUEST_ECHO && pos == q->size)
			return VERDICT_ANSWERED;
	}
	if (q->kind == REQUEST_EOF)
		return VERDICT_ANSWERED;
	return s->total > 0 ? VERDICT_CORRUPT : VERDICT_LOST;
}

static void
print(const struct round *r, enum verdict v)
{
	FILE *saved = stdout;
	size_t length = 0;
	char *text = NULL;

	FUZZ_REQUIRE((stdout = open_memstream(&text, &length)) != NULL);
	ping_print_round(&ping, r, v);
	fclose(stdout);
	stdout = saved;
	FUZZ_REQUIRE(length > 1 && strchr(text, '\n') == text + length - 1);
	free(text);
}

/* A socket pair that keeps the pieces apart. */
static void
run_ping(const uint8_t *data, size_t size)
{
	struct endpoint ep = { .text = "unix:@fuzz" };
	struct round r = { .number = 1u + data[0], .ep = &ep };
	struct script s;
	enum verdict v;
	uint32_t offset;
	int sv[2];
	size_t i;

	choose(&ping.request, data);
	ping.peer.timeout = plan.peer.timeout;
	offset = request_offset(&ping.request, r.number);
	write_script(&s, &ping.request, offset, data + 2, size - 2);
	FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0,
			 sv) == 0);
	for (i = 0; i < s.n; i++)
		if (send(sv[1], s.piece[i].bytes, s.piece[i].n, 0) == -1)
			cut_script(&s, i); /* no more room */
	shutdown(sv[1], SHUT_WR);
	ping.sock = sv[0];
	v = ping_round(&ping, &r);
	FUZZ_REQUIRE(v == judge(&s, &ping.request, offset));
	FUZZ_REQUIRE(r.received <= s.total);
	print(&r, v);
	if (ping.sock != -1)
		close(ping.sock);
	close(sv[1]);
	if (ping.request.kind != REQUEST_ECHO)
		request_free(&ping.request);
	cut_script(&s, 0);
}

static void
settle(void)
{
	struct epoll_event ev[EVENTS];
	int i, n;

	while ((n = epoll_wait(worker.epfd, ev, EVENTS, 0)) > 0)
		for (i = 0; i < n; i++)
			if (ev[i].data.ptr != NULL)
				receive_event(&worker, ev[i].data.ptr,
				    ev[i].events);
}

static void
check_bench(const struct script *s, bool first)
{
	const struct tally *t = &worker.tally;
	uint64_t errors = 0;
	struct conn *c;
	int i;

	while ((c = TAILQ_FIRST(&worker.waiting)) != NULL)
		conn_close(&worker, c);
	FUZZ_REQUIRE(TAILQ_EMPTY(&worker.active));
	for (i = 0; i < ERROR_KINDS; i++)
		errors += t->errors[i];
	/* What nobody has asked for is an error without a request. */
	FUZZ_REQUIRE(t->requests + errors == worker.issued ||
	    (t->requests + errors == worker.issued + 1 &&
		t->errors[ERROR_CORRUPT] == 1));
	FUZZ_REQUIRE(worker.request->count == t->requests);
	FUZZ_REQUIRE(t->received <= s->total);
	FUZZ_REQUIRE(t->errors[ERROR_OTHER] == 0);
	FUZZ_REQUIRE(!first || plan.requests != 1 || t->requests == 1);
}

/* A connection of a worker, whose pieces come one after the other. */
static void
run_bench(const uint8_t *data, size_t size)
{
	static const struct tally nothing;
	struct script s;
	struct conn *c = TAILQ_FIRST(&worker.unused);
	int64_t due = units_now();
	bool right;
	size_t i;
	int fd;

	choose(&plan.request, data);
	plan.requests = plan.request.kind == REQUEST_EOF ? 1 : data[0] / 3 % 4;
	plan.ending = (data[0] & 0x40) != 0 ? ENDING_HALF : ENDING_CLOSE;
	worker.quota = 5;
	worker.issued = 0;
	worker.tally = nothing;
	worker.request->count = 0;
	FUZZ_REQUIRE(worker_take(&worker, due, &due));
	FUZZ_REQUIRE(conn_open(&worker, c, due));
	FUZZ_REQUIRE((fd = accept(listener, NULL, NULL)) != -1);
	write_script(&s, &plan.request, c->offset, data + 2, size - 2);
	right = judge(&s, &plan.request, c->offset) == VERDICT_ANSWERED &&
	    s.n == 1;
	for (i = 0; i < s.n; i++) {
		(void)send(fd, s.piece[i].bytes, s.piece[i].n,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		settle();
	}
	/* What the server has not read would make its end a reset. */
	shutdown(fd, SHUT_WR);
	settle();
	check_bench(&s, right);
	close(fd);
	if (plan.request.kind != REQUEST_ECHO)
		request_free(&plan.request);
	cut_script(&s, 0);
}

/* tine itself: to standard output, which is a file here. */
static void
run_relay(const uint8_t *data, size_t size)
{
	static char got[INPUT_MAX];
	struct relay r = { .half_close = true };
	int sv[2], file, saved, event;

	FUZZ_REQUIRE((file = memfd_create("output", MFD_CLOEXEC)) != -1);
	saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 64);
	FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	FUZZ_REQUIRE(write(sv[1], data, size) == (ssize_t)size);
	close(sv[1]);
	r.sock = sv[0];
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	/* The lowest free descriptor becomes the relay's, which leaves it. */
	FUZZ_REQUIRE((event = dup(file)) != -1);
	close(event);
	FUZZ_REQUIRE(relay_run(&r) == 0);
	close(event);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	FUZZ_REQUIRE(r.received == size);
	FUZZ_REQUIRE(pread(file, got, sizeof(got), 0) == (ssize_t)size);
	FUZZ_REQUIRE(memcmp(got, data, size) == 0);
	close(file);
	close(sv[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || size > INPUT_MAX)
		return 0;
	if (echo.data == NULL)
		prepare();
	run_ping(data, size);
	run_bench(data, size);
	run_relay(data, size);
	return 0;
}
