/* SPDX-License-Identifier: ISC */
/*
 * What is wrong with a configuration: each error and each warning is one line,
 * whatever it quotes.
 */
#ifndef TINED_CONFIG_ERRORS_H
#define TINED_CONFIG_ERRORS_H

#include <stdarg.h>

#include "config/types.h"

/* A file with more errors than that is something else: the rest is counted.
 * A reload reads and logs them, while main does nothing else. */
#define ERRORS_MAX 1000

struct complaint {
	char *text; /* `file:line: message`, `tined: message` without a file */
	struct where where; /* valid while the names of the files are */
	bool warning;       /* `file:line: warning: message` */
};

/* Complaints; config_check puts them into the order of files and lines. */
struct errors {
	struct complaint *v;
	size_t n;
	size_t nmore[2]; /* above ERRORS_MAX: errors, warnings */
	int exit_code;   /* what they amount to; 0: EX_CONFIG */
	bool needs_root; /* some are there because tined is not root */
};

/* Why what the configuration asks for could not be done. */
struct failure {
	int exit_code;
	bool busy;      /* another attempt may succeed */
	char text[512]; /* `SERVICE: bind 127.0.0.1:7: reason` */
};

void errors_add(struct errors *e, const struct where *w, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void errors_warn(struct errors *e, const struct where *w, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds an error or a warning. */
void errors_vadd(struct errors *e, const struct where *w, bool warning,
    const char *fmt, va_list ap) __attribute__((format(printf, 4, 0)));

/* errors_add of `directive: reason`; -l and -s need no directive's name. */
void errors_add_for(struct errors *e, const struct where *w,
    const char *directive, const char *reason);

/* Adds an unknown directive; meant is the one that was perhaps meant, or NULL. */
void errors_add_unknown(struct errors *e, const struct where *w,
    const char *name, const char *meant);

/* Fills in f, one line whatever it quotes; returns -1, for its caller to return. */
int errors_fail(struct failure *f, int exit_code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether there is an error, not only warnings. */
bool errors_any(const struct errors *e);

/* The exit status that they amount to. */
int errors_exit_code(const struct errors *e);

/* Puts them into the order of files and lines; those of no file come first, the
 * count of those not shown last. */
void errors_sort(struct errors *e);
void errors_free(struct errors *e);

#endif
