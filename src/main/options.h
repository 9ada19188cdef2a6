/* SPDX-License-Identifier: ISC */
/*
 * The command line of tined(8).
 */
#ifndef TINED_MAIN_OPTIONS_H
#define TINED_MAIN_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "config/conf.h"

/* The installed configuration. */
#define OPTIONS_FILE SYSCONFDIR "/tined/tined.conf"

enum mode {
	MODE_RUN,
	MODE_TEST,    /* -t */
	MODE_DUMP,    /* -T, also together with -t */
	MODE_EXPLAIN, /* --explain */
	MODE_VERSION, /* -V */
	MODE_HELP     /* -h */
};

struct options {
	enum mode mode;
	bool foreground;
	int ready_fd;          /* -r; -1: none */
	const char *pid_file;  /* -p; NULL: none; also in source.set */
	char *explain_service; /* --explain SERVICE,ADDRESS */
	const char *explain_address;
	struct config_source source;
	char error[512]; /* the usage error */

	/* What source points to. */
	const char **set;
	const char **listen;
	char *file;
	char *pid_file_set;
};

/*
 * Reads the command line; 0, or an exit status (EX_USAGE) with o->error.
 * What is not on it gets its default: the installed file, where there is one,
 * or in the foreground the built-in default.  o keeps pointers into argv.
 */
int options_read(struct options *o, int argc, char **argv);
void options_free(struct options *o);

#endif
