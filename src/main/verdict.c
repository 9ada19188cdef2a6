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
#include "main/verdict.h"

#define MESSAGE_MAX 1024
#define LINES_MAX   (4 << 20) /* more than ERRORS_MAX lines are */

void
verdict_begin(struct verdict *v)
{
	v->running = true;
	v->code = 0;
	v->more = 0;
}

/* Some of the text is an acceptor's: encoded, so that it cannot add a line to the
 * status or to a reply. */
void
verdict_add(struct verdict *v, int code, const char *fmt, ...)
{
	char message[MESSAGE_MAX], line[4 * MESSAGE_MAX + 1];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	log_message(code == 0 ? LEVEL_WARNING : LEVEL_ERROR, "%s", message);
	if (!v->running)
		return;
	strvis(line, message,
	    VIS_OCTAL | VIS_CSTYLE | VIS_TAB | VIS_NL | VIS_NOSLASH);
	if (v->lines.len <= LINES_MAX) {
		buf_str(&v->lines, line);
		buf_char(&v->lines, '\n');
	}
	if (code != 0 && v->code == 0) {
		v->code = code;
		strlcpy(v->why, line, sizeof(v->why));
	} else if (code != 0)
		v->more++;
}

/* 77 is tine's own, for a user who may not give commands. */
static int
exit_status(int code)
{
	if (code == EX_NOPERM)
		return EX_UNAVAILABLE;
	return code == 0 || code == EX_UNAVAILABLE || code == EX_CONFIG ?
	    code :
	    EX_OSERR;
}

const char *
verdict_end(struct verdict *v, bool in_force, int *code)
{
	const char *outcome = in_force ?
	    "reload incomplete, what could not start stays as it was" :
	    "reload refused, the configuration stays as it was";
	char more[32] = "";

	*code = exit_status(v->code);
	v->refused[0] = '\0';
	if (v->code == 0) {
		log_event(LEVEL_NOTICE, "reloaded", NULL);
		return "reloaded";
	}
	if (v->more > 0)
		snprintf(more, sizeof(more), ", and %u more", v->more);
	snprintf(v->refused, sizeof(v->refused), "reload %s: %s%s",
	    in_force ? "incomplete" : "refused", v->why, more);
	log_message(LEVEL_ERROR, "%s", outcome);
	return outcome;
}

void
verdict_clear(struct verdict *v)
{
	v->running = false;
	free(v->lines.s);
	v->lines = (struct buf) { .s = NULL };
}
