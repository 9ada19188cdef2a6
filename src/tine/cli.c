/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/json.h"
#include "tine/cli.h"
#include "tine/units.h"

#define OPTIONS_MAX 24
#define NO_LETTER   256 /* plus its row: an option without a letter */

static const struct cli_option help_option = { 'h', "help", NULL, "print this",
	NULL, 0 };

/* The row of an option, by getopt's value; NULL: an unknown one. */
static const struct cli_option *
find(const struct cli_command *c, int value)
{
	const struct cli_option *o;

	if (value >= NO_LETTER)
		return &c->options[value - NO_LETTER];
	for (o = c->options; o->name != NULL; o++)
		if (o->letter == value)
			return o;
	return NULL;
}

/* Adds a row to getopt's two tables; the letters end at *end. */
static void
add(const struct cli_option *o, int value, struct option *row, char **end)
{
	row->name = o->name;
	row->has_arg = o->arg != NULL ? required_argument : no_argument;
	row->val = value;
	if (o->letter == 0)
		return;
	*(*end)++ = (char)o->letter;
	if (o->arg != NULL)
		*(*end)++ = ':';
}

static void
set(const struct cli_command *c, const struct cli_option *o, void *values)
{
	const char *why = o->set(optarg, (char *)values + o->offset);

	if (why == NULL)
		return;
	if (o->letter != 0)
		cli_usage(c, "-%c %s: %s", o->letter, optarg, why);
	cli_usage(c, "--%s %s: %s", o->name, optarg, why);
}

/* The usage error behind getopt's '?' and ':' (optopt says which option). */
static _Noreturn void
refuse(const struct cli_command *c, int value, char **argv)
{
	/* a long option is the word before optind, a short one is in optopt */
	if (optopt == 0 || strncmp(argv[optind - 1], "--", 2) == 0)
		cli_usage(c,
		    value == ':' ? "option %s needs an argument" :
				   "option %s is unknown or wrong",
		    argv[optind - 1]);
	cli_usage(c,
	    value == ':' ? "option -%c needs an argument" :
			   "option -%c is unknown",
	    optopt);
}

void
cli_parse(const struct cli_command *c, int argc, char **argv, void *values)
{
	struct option longs[OPTIONS_MAX + 2] = { 0 };
	char letters[2 * OPTIONS_MAX + 4] = "+:", *end = letters + 2;
	char *first = letters + (c->permutes ? 1 : 0);
	const struct cli_option *o;
	int i, value;

	for (i = 0; i < OPTIONS_MAX && c->options[i].name != NULL; i++) {
		o = &c->options[i];
		add(o, o->letter != 0 ? o->letter : NO_LETTER + i, &longs[i],
		    &end);
	}
	add(&help_option, 'h', &longs[i], &end);
	opterr = 0;
	while ((value = getopt_long(argc, argv, first, longs, NULL)) != -1) {
		if (value == 'h')
			exit(cli_help(c));
		if ((o = find(c, value)) != NULL)
			set(c, o, values);
		else
			refuse(c, value, argv);
	}
}

const char *
cli_flag(const char *arg, void *member)
{
	(void)arg;
	*(bool *)member = true;
	return NULL;
}

const char *
cli_text(const char *arg, void *member)
{
	*(const char **)member = arg;
	return NULL;
}

const char *
cli_count(const char *arg, void *member)
{
	return units_count(arg, member);
}

const char *
cli_size(const char *arg, void *member)
{
	return units_size(arg, member);
}

const char *
cli_duration(const char *arg, void *member)
{
	return units_duration(arg, member);
}

const char *
cli_timeout(const char *arg, void *member)
{
	const char *why = units_duration(arg, member);

	return why == NULL && *(int64_t *)member == 0 ? "must not be zero" :
							why;
}

const char *
cli_version(const char *arg, void *member)
{
	(void)arg;
	(void)member;
	printf("tine (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
	exit(cli_flush() == 0 ? 0 : CLI_FAILURE);
}

/* `  -c, --count N          end after N round trips`, and further lines. */
static void
print_option(const struct cli_option *o)
{
	char words[64];
	const char *help = o->help;
	int n;

	snprintf(words, sizeof(words), "%s%s%s", o->name,
	    o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
	if (o->letter != 0)
		printf("  -%c, ", o->letter);
	else
		printf("%6s", "");
	printf("--%-17s", words);
	while ((n = (int)strcspn(help, "\n")), help[n] != '\0') {
		printf("%.*s\n%25s", n, help, "");
		help += n + 1;
	}
	printf("%s\n", help);
}

int
cli_help(const struct cli_command *c)
{
	const struct cli_option *o;

	printf("usage: %s\n", c->usage);
	for (o = c->options; o->name != NULL; o++)
		print_option(o);
	print_option(&help_option);
	printf("\n%s", c->notes);
	return cli_flush() == 0 ? 0 : CLI_FAILURE;
}

_Noreturn void
cli_usage(const struct cli_command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	fprintf(stderr, "Try 'tine %s --help'.\n", c->name);
	exit(EX_USAGE);
}

int
cli_flush(void)
{
	if (fflush(stdout) != EOF && ferror(stdout) == 0)
		return 0;
	warn("write standard output");
	return -1;
}

void
cli_json_string(const char *s)
{
	struct buf b = { 0 };

	json_add(&b, s);
	fwrite(b.s, b.len, 1, stdout);
	free(b.s);
}
