/* SPDX-License-Identifier: ISC */
/*
 * What every command does alike: print its help, and refuse wrong usage.
 */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "tine/command.h"

int
command_help(const struct command *c)
{
	if (fputs(c->help, stdout) == EOF || fflush(stdout) == EOF) {
		warn("write standard output");
		return EXIT_PROBLEM;
	}
	return 0;
}

_Noreturn void
command_usage(const struct command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	fprintf(stderr, "Try 'tine %s --help'.\n", c->name);
	exit(EX_USAGE);
}

_Noreturn void
command_option(const struct command *c, int opt, char **argv)
{
	/* a long option stands before optind, a short one is in optopt */
	if (optopt == 0 || strncmp(argv[optind - 1], "--", 2) == 0)
		command_usage(c,
		    opt == ':' ? "option %s needs an argument" :
				 "option %s is unknown or wrong",
		    argv[optind - 1]);
	command_usage(c,
	    opt == ':' ? "option -%c needs an argument" :
			 "option -%c is unknown",
	    optopt);
}
