/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#define LIBBSD_OPENBSD_VIS /* which of the two strnvis is meant */
#include <bsd/vis.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "logger/log.h"
#include "main/commands.h"
#include "main/state.h"
#include "main/tined.h"
#include "main/verdict.h"

#define MESSAGE_MAX 1024
#define LINES_MAX   (4 << 20) /* more than ERRORS_MAX lines are */

void
verdict_begin(struct tined *t)
{
	struct verdict *v = &t->verdict;

	v->running = true;
	v->code = 0;
	v->more = 0;
	v->why[0] = '\0';
	commands_reload_begins(t);
}

/* Some of it is an acceptor's: it must not become another line of the status
 * or of an answer. */
static void __attribute__((format(printf, 3, 0)))
say(struct tined *t, enum level level, const char *fmt, va_list ap)
{
	char message[MESSAGE_MAX], line[4 * MESSAGE_MAX + 1];
	struct verdict *v = &t->verdict;

	vsnprintf(message, sizeof(message), fmt, ap);
	log_message(level, "%s", message);
	if (!v->running || v->lines.len > LINES_MAX)
		return;
	strvis(line, message,
	    VIS_OCTAL | VIS_CSTYLE | VIS_TAB | VIS_NL | VIS_NOSLASH);
	buf_str(&v->lines, line);
	buf_char(&v->lines, '\n');
	if (level == LEVEL_ERROR && v->code == 0)
		strlcpy(v->why, line, sizeof(v->why));
}

void
verdict_fail(struct tined *t, int code, const char *fmt, ...)
{
	struct verdict *v = &t->verdict;
	va_list ap;

	va_start(ap, fmt);
	say(t, LEVEL_ERROR, fmt, ap);
	va_end(ap);
	if (v->running && v->code == 0)
		v->code = code;
	else
		v->more++;
}

void
verdict_warn(struct tined *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(t, LEVEL_WARNING, fmt, ap);
	va_end(ap);
}

static void
judge(struct verdict *v, bool in_force)
{
	const char *what = in_force ? "reload incomplete" : "reload refused";

	if (v->code == 0)
		v->refused[0] = '\0';
	else if (v->more == 0)
		snprintf(v->refused, sizeof(v->refused), "%s: %s", what,
		    v->why);
	else
		snprintf(v->refused, sizeof(v->refused), "%s: %s, and %u more",
		    what, v->why, v->more);
}

static void
end(struct verdict *v)
{
	v->running = false;
	free(v->lines.s);
	v->lines = (struct buf) { .s = NULL };
}

/* What tine(1) exits with: 77 is its own, of who may not command. */
static int
exit_status(int code)
{
	switch (code) {
	case 0:
	case EX_UNAVAILABLE:
	case EX_CONFIG:
		return code;
	case EX_NOPERM:
		return EX_UNAVAILABLE;
	default:
		return EX_OSERR;
	}
}

void
verdict_end(struct tined *t, bool in_force)
{
	const char *outcome = "reloaded";
	struct verdict *v = &t->verdict;

	judge(v, in_force);
	if (v->code == 0) {
		log_event(LEVEL_NOTICE, outcome, NULL);
	} else {
		outcome = in_force ?
		    "reload incomplete, what could not start stays as it was" :
		    "reload refused, the configuration stays as it was";
		log_message(LEVEL_ERROR, "%s", outcome);
	}
	state_ready(t);
	commands_reload_ends(t, buf_string(&v->lines), exit_status(v->code),
	    outcome);
	end(v);
}

void
verdict_cancel(struct tined *t)
{
	end(&t->verdict);
	commands_stop(t);
}
