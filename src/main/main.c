/* SPDX-License-Identifier: ISC */
/* tined(8). */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/stdfds.h"
#include "base/title.h"
#include "config/print.h"
#include "main/explain.h"
#include "main/help.h"
#include "main/load.h"
#include "main/options.h"
#include "main/signals.h"
#include "main/startup.h"

/* The exit status for output that may not have been written. */
static int
written(int result)
{
	if (result == 0)
		return 0;
	warn("standard output");
	return EX_OSERR;
}

/* -t, -T and --explain. */
static int
look(const struct options *o)
{
	int code;
	struct config *c = load_for(o, &code);

	if (c == NULL)
		return code;
	if (o->mode == MODE_EXPLAIN)
		code = explain(c, o->explain_service, o->explain_address);
	else if (o->mode == MODE_DUMP)
		code = written(print_config(c, STDOUT_FILENO));
	else
		printf("configuration OK\n");
	config_free(c);
	return code;
}

int
main(int argc, char *argv[])
{
	struct options o;
	int code;

	if (stdfds_open() == -1)
		err(EX_OSERR, "/dev/null");
	setlinebuf(stderr); /* one write a line: the logger writes, too */
	title_init(argc, argv);
	if ((code = options_read(&o, argc, argv)) != 0) {
		warnx("%s", o.error);
		if (code == EX_USAGE)
			fprintf(stderr, "Try \"tined --help\".\n");
		options_free(&o);
		return code;
	}
	switch (o.mode) {
	case MODE_VERSION:
		help_version(stdout);
		break;
	case MODE_HELP:
		help_options(stdout);
		break;
	case MODE_RUN:
		signals_set();
		code = startup(&o);
		break;
	default:
		code = look(&o);
	}
	options_free(&o);
	return code == 0 ? written(fflush(stdout)) : code;
}
