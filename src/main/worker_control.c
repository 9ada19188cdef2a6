/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sysexits.h>

#include "base/clock.h"
#include "ipc/control.h"
#include "main/overview_write.h"
#include "main/pulse.h"
#include "main/worker_control.h"

#define MESSAGES      16  /* read from one of them in a turn */
#define TELL_AGAIN_MS 100 /* until what could not be sent is sent again */

void
worker_complain(struct tined *t, bool next, struct served *s, const char *what,
    const char *why)
{
	char more[LOG_MORE_MAX];

	served_error(s, why);
	if (t->starting)
		errors_fail(&t->failure, EX_OSERR, "%s: %s: %s", s->name, what,
		    why);
	else if (next)
		verdict_add(&t->reload.verdict, EX_OSERR, "%s: %s: %s", s->name,
		    what, why);
	else if (log_may_say(&s->pace, clock_ms()))
		log_message(LEVEL_ERROR, "%s: %s: %s%s", s->name, what, why,
		    log_more(&s->pace, more));
}

/* It does not start.  At main's start the first reason is kept for the command's
 * error message. */
static void
start_failed(struct tined *t, struct worker *w, const struct control *msg)
{
	if (w->state != WORKER_STARTING || w->failed) {
		w->not_shown++;
		return;
	}
	w->failed = true;
	if (!t->starting)
		worker_complain(t, w->next, w->served,
		    "the acceptor does not start", msg->text);
	else if (t->failure.exit_code == 0)
		errors_fail(&t->failure, msg->arg > 0 ? msg->arg : EX_OSERR,
		    "%s: %s", w->served->name, msg->text);
}

/* Logged once for each listener. */
static void
listener_broken(struct worker *w, const struct control *msg)
{
	unsigned int n = (unsigned int)msg->arg;
	uint64_t bit = UINT64_C(1) << (n % 64);

	if (msg->arg < 0 || n >= SETTINGS_LISTENERS ||
	    (w->broken[n / 64] & bit) != 0) {
		w->not_shown++;
		return;
	}
	w->broken[n / 64] |= bit;
	w->nbroken++;
	served_error(w->served, msg->text);
	log_event(LEVEL_ERROR, "error", "service", w->served->name, "msg",
	    msg->text, NULL);
}

static void
handle(struct tined *t, struct worker *w, const struct control *msg)
{
	if (msg->type != CONTROL_FREED && msg->type != CONTROL_PONG)
		overview_touch(t);
	switch (msg->type) {
	case CONTROL_READY:
		if (w->state != WORKER_STARTING)
			break;
		w->state = WORKER_READY;
		w->since = clock_ms();
		w->due = 0;
		break;
	case CONTROL_FAILED:
		start_failed(t, w, msg);
		break;
	case CONTROL_FREED:
		w->served->wake = true;
		break;
	case CONTROL_CLOSED:
		w->closed = true;
		if (w->state == WORKER_DRAINING)
			w->due = 0;
		break;
	case CONTROL_PONG:
		pulse_answer(w, clock_ms());
		break;
	case CONTROL_GIVEN_UP:
		listener_broken(w, msg);
		break;
	}
}

void
worker_control_ready(struct watch *watch)
{
	struct tined *t = (struct tined *)watch->set;
	struct worker *w = (struct worker *)watch;
	struct control msg;
	int got, i;

	for (i = 0; i < MESSAGES; i++) {
		if ((got = control_receive(watch->fd, &msg)) != 1)
			break;
		handle(t, w, &msg);
	}
	if (i < MESSAGES && (got == 0 || errno == EBADMSG)) {
		watch_close(watch);
		w->due = clock_ms() + READY_MS; /* it ends, or is killed */
	}
}

void
worker_control_wake(struct served *s)
{
	struct scoreboard_section *sec;
	struct worker *w;

	s->wake = false;
	served_grown(s); /* a socket may have been full */
	TAILQ_FOREACH (w, &s->workers, entry) {
		sec = scoreboard_parts(s->board, &w->place).section;
		if (atomic_load(&sec->waiting) != 0)
			control_send(w->control.fd, CONTROL_WAKE, 0, NULL);
	}
}

void
worker_control_stop(struct served *s, int ms)
{
	struct worker *w;

	TAILQ_FOREACH (w, &s->workers, entry) {
		w->state = WORKER_DRAINING;
		w->untold = false;
		w->due = 0;
		kill(w->pid, SIGCONT); /* it may be stopped */
		control_send(w->control.fd, CONTROL_STOP, ms, NULL);
	}
}

void
worker_control_pause(struct tined *t, struct served *s, bool paused, int64_t ms)
{
	const int64_t now = clock_ms();

	s->paused = paused;
	/* A time that is too long to add is none. */
	s->resume_at = paused && ms > 0 && ms <= INT64_MAX - now ? now + ms : 0;
	overview_touch(t);
	(void)worker_control_tell(s, now);
}

int64_t
worker_control_resume(struct tined *t, struct served *s, int64_t now)
{
	if (s->resume_at == 0 || s->resume_at > now)
		return s->resume_at;
	worker_control_pause(t, s, false, 0);
	log_event(LEVEL_NOTICE, "resumed", "service", s->name, NULL);
	return 0;
}

int64_t
worker_control_tell(struct served *s, int64_t now)
{
	const struct service_conf *conf = s->now.conf;
	struct worker *w;
	int64_t due = 0;
	int32_t prefixes = 0;

	if (conf != NULL)
		prefixes = control_prefixes(conf->prefix_v4, conf->prefix_v6);
	TAILQ_FOREACH (w, &s->workers, entry) {
		if (w->control.fd == -1)
			continue;
		if (w->held != s->paused && !w->next &&
		    control_send(w->control.fd,
			s->paused ? CONTROL_PAUSE : CONTROL_ACCEPT, 0,
			NULL) == 0)
			w->held = s->paused;
		if (w->untold && TAILQ_EMPTY(&s->tail) &&
		    control_send(w->control.fd, CONTROL_DRAIN, prefixes,
			NULL) == 0) {
			w->untold = false;
			w->due = w->closed ? 0 : now + READY_MS;
		}
		if ((w->held != s->paused && !w->next) || w->untold)
			due = now + TELL_AGAIN_MS;
	}
	return due;
}
