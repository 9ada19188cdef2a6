/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "tine/bench/idle.h"
#include "tine/ping.h"
#include "tine/units.h"

#define SPARE    32 /* descriptors that a holder needs for itself */
#define EACH_MAX 20000

struct report {
	uint64_t held, failed, lost;
	int error; /* the last failure's */
};

struct holder {
	pid_t pid;
	int from; /* its reports */
	int to;   /* closing it ends the process */
};

struct idle {
	size_t n;
	struct holder holder[];
};

/* Opens connection number i, and has its request answered; -1 with errno. */
static int
open_one(const struct plan *p, struct ping *ping, uint64_t i)
{
	const int64_t until = units_now() + p->peer.timeout;
	struct round r;
	enum verdict v;

	if (p->idle_local.n > 0) {
		ping->peer.bound = true;
		ping->peer.local.addr = local_address(&p->idle_local, i);
	}
	for (;;) {
		ping->sock = -1;
		r = (struct round) { .number = i };
		if ((v = ping_round(ping, &r)) == VERDICT_ANSWERED)
			return ping->sock;
		/* The backlog of a Unix socket is full: connect(2) does not
		 * wait for it. */
		if (r.error != EAGAIN || units_now() >= until)
			break;
		poll(NULL, 0, 1);
	}
	if (r.error != 0)
		errno = r.error;
	else
		errno = v == VERDICT_LOST ? ECONNRESET : EBADMSG;
	return -1;
}

static void
open_all(const struct plan *p, uint64_t first, uint64_t n, int epfd,
    struct report *r)
{
	static struct ping ping;
	struct epoll_event ev = { .events = EPOLLRDHUP };
	uint64_t i;
	int fd;

	ping.peer = p->peer;
	ping.peer.target = (struct target) { .n = 1, .ep = { p->ep } };
	ping.request = p->request;
	if (ping.request.kind == REQUEST_EOF)
		ping.request.kind = REQUEST_CONNECT;
	for (i = 0; i < n; i++) {
		if ((fd = open_one(p, &ping, first + i)) == -1) {
			r->error = errno;
			r->failed++;
			continue;
		}
		ev.data.fd = fd;
		epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev);
		r->held++;
	}
}

/* Holds them until the pipe closes. */
static void
hold(int epfd, int until, struct report *r)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = until };
	bool over = false;
	int n;

	epoll_ctl(epfd, EPOLL_CTL_ADD, until, &ev);
	for (;;) {
		/* counts what was lost before the end, too */
		n = epoll_wait(epfd, &ev, 1, over ? 0 : -1);
		if (n == 0)
			return;
		if (n == 1 && ev.data.fd == until) {
			over = true;
			epoll_ctl(epfd, EPOLL_CTL_DEL, until, NULL);
		} else if (n == 1) {
			r->lost++;
			close(ev.data.fd);
		}
	}
}

static _Noreturn void
holder_run(const struct plan *p, uint64_t first, uint64_t n, int from, int to)
{
	struct report r = { 0 };
	int epfd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if ((epfd = epoll_create1(EPOLL_CLOEXEC)) == -1)
		_exit(1);
	open_all(p, first, n, epfd, &r);
	if (io_write_all(to, &r, sizeof(r)) == 0) {
		hold(epfd, from, &r);
		io_write_all(to, &r, sizeof(r));
	}
	_exit(0);
}

static int
holder_start(struct idle *h, const struct plan *p, uint64_t first, uint64_t n)
{
	struct holder *one = &h->holder[h->n];
	int up[2], down[2];
	size_t i;

	if (pipe2(up, O_CLOEXEC) == -1)
		return -1;
	if (pipe2(down, O_CLOEXEC) == -1)
		return -1;
	if ((one->pid = fork()) == -1)
		return -1;
	if (one->pid == 0) {
		/* otherwise their pipes would not close */
		for (i = 0; i < h->n; i++)
			close(h->holder[i].to);
		close(up[0]);
		close(down[1]);
		holder_run(p, first, n, down[0], up[1]);
	}
	close(up[1]);
	close(down[0]);
	one->from = up[0];
	one->to = down[1];
	h->n++;
	return 0;
}

/* How many one process may hold. */
static uint64_t
share(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1 || rl.rlim_cur <= SPARE)
		return 1;
	return rl.rlim_cur - SPARE < EACH_MAX ? rl.rlim_cur - SPARE : EACH_MAX;
}

/* What the holders have opened. */
static int
collect(const struct idle *h, struct result *r)
{
	struct report report;
	size_t i;

	for (i = 0; i < h->n; i++) {
		if (io_read_all(h->holder[i].from, &report, sizeof(report)) !=
		    sizeof(report)) {
			warnx("idle connections: a process died");
			return -1;
		}
		r->idle_held += report.held;
		r->idle_failed += report.failed;
		if (report.failed > 0)
			warnx("idle connections: %s", strerror(report.error));
	}
	return 0;
}

struct idle *
idle_open(const struct plan *p, struct result *r)
{
	struct idle *h;
	uint64_t each, first, n;

	each = share();
	n = (p->idle + each - 1) / each;
	if ((h = calloc(1, sizeof(*h) + n * sizeof(h->holder[0]))) == NULL) {
		warn("idle connections");
		return NULL;
	}
	for (first = 0; first < p->idle; first += n) {
		n = p->idle - first < each ? p->idle - first : each;
		if (holder_start(h, p, first, n) == -1) {
			warn("idle connections");
			free(h); /* the processes end with this one */
			return NULL;
		}
	}
	if (collect(h, r) == -1) {
		free(h);
		return NULL;
	}
	return h;
}

void
idle_close(struct idle *h, struct result *r)
{
	struct report report;
	size_t i;

	for (i = 0; i < h->n; i++)
		close(h->holder[i].to);
	for (i = 0; i < h->n; i++) {
		if (io_read_all(h->holder[i].from, &report, sizeof(report)) ==
		    sizeof(report))
			r->idle_lost += report.lost;
		close(h->holder[i].from);
		waitpid(h->holder[i].pid, NULL, 0);
	}
	free(h);
}
