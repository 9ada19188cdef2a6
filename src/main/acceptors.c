/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "ipc/scoreboard_main.h"
#include "ipc/control.h"
#include "logger/log.h"
#include "main/acceptors.h"
#include "main/ledger.h"
#include "main/spawn.h"

#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 10000
#define HEALTHY_MS     60000
#define MESSAGES       16  /* of one acceptor in a turn */
#define TELL_AGAIN_MS  100 /* what it had no room for */

static struct acceptor *
acceptor_new(struct served *s, bool next)
{
	struct acceptor *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->served = s;
	a->state = ACCEPTOR_STARTING;
	a->next = a->held = next;
	a->since = clock_ms();
	a->due = a->since + READY_MS;
	a->control.fd = -1;
	return a;
}

static void
acceptor_free(struct acceptor *a)
{
	if (a->control.fd != -1)
		watch_close(&a->control);
	free(a);
}

/* One of a reload's generation is that reload's failure.  Of others one a second
 * is said of a service. */
static void __attribute__((format(printf, 4, 5)))
complain(struct tined *t, bool next, struct served *s, const char *fmt, ...)
{
	char more[LOG_MORE_MAX];
	char why[CONTROL_TEXT_MAX + 64];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (next)
		verdict_fail(t, EX_OSERR, "%s: %s", s->name, why);
	else if (log_may_say(&s->said, clock_ms()))
		log_message(LEVEL_ERROR, "%s: %s%s", s->name, why,
		    log_more(&s->said, more));
}

/* Why it does not start: the command says it at the start, then the log. */
static void
start_failed(struct tined *t, struct acceptor *a, const struct control *msg)
{
	if (a->state != ACCEPTOR_STARTING || a->failed) {
		a->not_shown++;
		return;
	}
	a->failed = true;
	if (!t->starting) {
		complain(t, a->next, a->served,
		    "the acceptor does not start: %s", msg->text);
		return;
	}
	if (t->failure.code != 0)
		return;
	t->failure.code = msg->arg > 0 ? msg->arg : EX_OSERR;
	t->failure.served = a->served;
	strlcpy(t->failure.why, msg->text, sizeof(t->failure.why));
}

/* Once for each listener, whatever it says. */
static void
listener_broken(struct acceptor *a, const struct control *msg)
{
	unsigned int n = (unsigned int)msg->arg;
	uint64_t bit = UINT64_C(1) << (n % 64);

	if (msg->arg < 0 || n >= SETTINGS_LISTENERS ||
	    (a->broken[n / 64] & bit) != 0) {
		a->not_shown++;
		return;
	}
	a->broken[n / 64] |= bit;
	a->nbroken++;
	log_event(LEVEL_ERROR, "error", "service", a->served->name, "msg",
	    msg->text, NULL);
}

static void
obey(struct tined *t, struct acceptor *a, const struct control *msg)
{
	switch (msg->type) {
	case CONTROL_READY:
		if (a->state != ACCEPTOR_STARTING)
			break;
		a->state = ACCEPTOR_READY;
		a->since = clock_ms();
		a->due = 0;
		break;
	case CONTROL_FAILED:
		start_failed(t, a, msg);
		break;
	case CONTROL_FREED:
		a->served->wake = true;
		break;
	case CONTROL_CLOSED:
		a->closed = true;
		if (a->state == ACCEPTOR_DRAINING)
			a->due = 0;
		break;
	case CONTROL_PONG:
		pulse_answer(a, clock_ms());
		break;
	case CONTROL_GIVEN_UP:
		listener_broken(a, msg);
		break;
	}
}

static void
control_ready(struct watch *w)
{
	struct tined *t = (struct tined *)w->set;
	struct acceptor *a = (struct acceptor *)w;
	struct control msg;
	int got, i;

	for (i = 0; i < MESSAGES; i++) {
		if ((got = control_receive(w->fd, &msg)) != 1)
			break;
		obey(t, a, &msg);
	}
	if (i < MESSAGES && (got == 0 || errno == EBADMSG)) {
		watch_close(w);
		a->due = clock_ms() + READY_MS; /* it ends, or is killed */
	}
}

/* Its part of the board, and a settings that says where that is. */
static int
take_section(struct served *s, const struct generation *g, struct acceptor *a)
{
	if (scoreboard_take(s->board, g->conf->instances, &a->place) == -1)
		return -1;
	if (g->conf->cps_per_source.rate != 0)
		scoreboard_use_buckets(s->board, true);
	/* The others first: it may begin to count at once. */
	served_grown(s);
	a->npages = scoreboard_npages(s->board);
	return settings_copy(g->settings, &a->place, a->next);
}

static int
start_one(struct tined *t, struct served *s, const struct generation *g,
    bool next)
{
	struct acceptor *a = acceptor_new(s, next);
	int pair[2], settings;

	if (a == NULL)
		return -1;
	if ((settings = take_section(s, g, a)) == -1)
		goto err0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		goto err1;
	if (watch_add(&t->watch, &a->control, pair[0], control_ready) == -1) {
		close(pair[1]);
		goto err1;
	}
	a->pid = spawn_acceptor(t->acceptor_fd, s, g,
	    &(struct spawn) { .settings = settings, .control = pair[1] });
	close(pair[1]);
	if (a->pid == -1)
		goto err2;
	close(settings);
	a->end = g->conf->leftovers == LEFTOVERS_END;
	TAILQ_INSERT_TAIL(&s->acceptors, a, entry);
	return 0;
err2:
	watch_close(&a->control);
err1:
	close(settings);
err0:
	scoreboard_release(s->board, &a->place);
	free(a);
	return -1;
}

int
acceptors_start(struct tined *t, struct served *s, const struct generation *g,
    bool next)
{
	unsigned int i;

	if (g->conf->builtin == BUILTIN_NONE)
		t->ran_programs = true;
	for (i = 0; i < g->conf->acceptors; i++) {
		if (start_one(t, s, g, next) == 0)
			continue;
		complain(t, next, s, "cannot start an acceptor: %s",
		    errno == ENOSPC ? "too many old ones still drain" :
				      strerror(errno));
		return -1;
	}
	return 0;
}

void
acceptors_restart(struct tined *t, struct served *s, int64_t now)
{
	if (s->missing == 0 || s->restart_at > now || s->retired)
		return;
	/* The next generation has its sockets, or another service's has, and
	 * will take over. */
	if (s->lead != NULL)
		return;
	while (s->missing > 0) {
		if (start_one(t, s, &s->now, false) == -1) {
			complain(t, false, s, "cannot start an acceptor: %s",
			    strerror(errno));
			s->restart_at = now + s->backoff;
			return;
		}
		s->missing--;
	}
}

void
acceptors_wake(struct served *s)
{
	struct scoreboard_section *sec;
	struct acceptor *a;

	s->wake = false;
	served_grown(s); /* a socket may have been full */
	TAILQ_FOREACH (a, &s->acceptors, entry) {
		sec = scoreboard_section(s->board, &a->place);
		if (a->control.fd != -1 && atomic_load(&sec->waiting) != 0)
			control_send(a->control.fd, CONTROL_WAKE, 0, NULL);
	}
}

void
acceptors_stop(struct served *s, int ms)
{
	struct acceptor *a;

	TAILQ_FOREACH (a, &s->acceptors, entry) {
		a->state = ACCEPTOR_DRAINING;
		a->due = a->tell_at = 0;
		/* One that was stopped hears nothing. */
		kill(a->pid, SIGCONT);
		if (a->control.fd != -1)
			control_send(a->control.fd, CONTROL_STOP, ms, NULL);
	}
}

void
acceptors_replace(struct served *s, int64_t drain_at)
{
	struct acceptor *a;

	TAILQ_FOREACH (a, &s->acceptors, entry) {
		if (a->next)
			a->next = false;
		else if (a->state != ACCEPTOR_DRAINING) {
			a->state = ACCEPTOR_DRAINING;
			a->due = 0;
			a->tell_at = drain_at;
		} else if (a->tell_at == 0)
			/* It counts sources by other prefixes, perhaps. */
			a->tell_at = drain_at;
	}
}

void
acceptors_hurry(struct served *s, int64_t now)
{
	struct acceptor *a;

	TAILQ_FOREACH (a, &s->acceptors, entry)
		if (a->tell_at > now)
			a->tell_at = now;
	acceptors_tell(s, now);
}

static void
tell_to_drain(struct acceptor *a, int32_t prefixes, int64_t now)
{
	if (control_send(a->control.fd, CONTROL_DRAIN, prefixes, NULL) == -1) {
		a->tell_at = now + TELL_AGAIN_MS;
		return;
	}
	a->tell_at = 0;
	a->due = a->closed ? 0 : now + READY_MS;
}

int64_t
acceptors_tell(struct served *s, int64_t now)
{
	const struct service_conf *conf = s->now.conf;
	struct acceptor *a;
	int64_t due = 0;
	int32_t prefixes = 0;

	if (conf != NULL)
		prefixes = control_prefixes(conf->prefix_v4, conf->prefix_v6);

	TAILQ_FOREACH (a, &s->acceptors, entry) {
		if (a->control.fd == -1)
			continue;
		if (a->held && !a->next) {
			a->held = control_send(a->control.fd, CONTROL_ACCEPT, 0,
				      NULL) == -1;
			if (a->held)
				due = clock_earlier(due, now + TELL_AGAIN_MS);
		}
		if (a->tell_at != 0 && a->tell_at <= now)
			tell_to_drain(a, prefixes, now);
		due = clock_earlier(due, a->tell_at);
	}
	return due;
}

void
acceptors_forget(struct served *s)
{
	struct acceptor *a;

	while ((a = TAILQ_FIRST(&s->acceptors)) != NULL) {
		TAILQ_REMOVE(&s->acceptors, a, entry);
		acceptor_free(a);
	}
}

struct acceptor *
acceptor_find(struct tined *t, pid_t pid)
{
	struct acceptor *a;
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry)
			if (a->pid == pid)
				return a;
	return NULL;
}

unsigned int
acceptors_broken(const struct served *s)
{
	const struct acceptor *a;
	unsigned int n = 0;

	TAILQ_FOREACH (a, &s->acceptors, entry)
		if (a->state == ACCEPTOR_READY)
			n += a->nbroken;
	return n;
}

unsigned int
acceptors_ready(const struct served *s, bool next)
{
	const struct acceptor *a;
	unsigned int n = 0;

	TAILQ_FOREACH (a, &s->acceptors, entry)
		if (a->next == next && a->state == ACCEPTOR_READY)
			n++;
	return n;
}

static void
schedule_restart(struct served *s, const struct acceptor *a, int64_t now)
{
	if (s->backoff == 0 || now - a->since > HEALTHY_MS)
		s->backoff = BACKOFF_MIN_MS;
	else if (s->missing == 0)
		s->backoff = s->backoff * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS :
							       s->backoff * 2;
	s->missing++;
	s->restart_at = now + s->backoff;
}

static void
say_died(const struct served *s, const struct acceptor *a, int status)
{
	char pid[16], how[48], ms[24];

	snprintf(pid, sizeof(pid), "%d", (int)a->pid);
	snprintf(ms, sizeof(ms), "%lld", (long long)s->backoff);
	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "killed by signal %d",
		    WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "exited with %d",
		    WEXITSTATUS(status));
	log_event(LEVEL_ERROR, "restarted", "service", s->name, "pid", pid,
	    "msg", how, "after_ms", ms, NULL);
}

static struct tined *only; /* for is_own, whose caller knows no tined */

/* Processes of main's own: never a session, whatever a board says. */
static bool
is_own(pid_t pid)
{
	return pid <= 1 || pid == only->logger.pid ||
	    acceptor_find(only, pid) != NULL;
}

void
acceptor_exit(struct tined *t, struct acceptor *a, int status)
{
	struct served *s = a->served;
	bool missed = a->state == ACCEPTOR_READY && !a->next;

	/* One that failed to start in place of one that died, too. */
	if (a->state == ACCEPTOR_STARTING && !a->next)
		missed = !s->retired && !t->starting;
	TAILQ_REMOVE(&s->acceptors, a, entry);
	only = t;
	adopt_section(&t->adopted, a, is_own);
	if (missed && !t->stopping) {
		ledger_renew(s);
		schedule_restart(s, a, clock_ms());
		say_died(s, a, status);
	}
	if (a->not_shown > 0)
		log_message(LEVEL_WARNING,
		    "%s: %" PRIu64 " messages of the acceptor %d are not shown",
		    s->name, a->not_shown, (int)a->pid);
	acceptor_free(a);
	s->wake = true;
}
