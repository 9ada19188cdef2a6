/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "main/options.h"

#define OPTION_EXPLAIN (CHAR_MAX + 1)

/* "+": options end at the first operand.  ":": a missing argument is reported as
 * such. */
static const char short_options[] = "+:c:fhl:o:p:r:s:tTV";

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "dump", no_argument, NULL, 'T' },
	{ "explain", required_argument, NULL, OPTION_EXPLAIN },
	{ "foreground", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "listen", required_argument, NULL, 'l' },
	{ "option", required_argument, NULL, 'o' },
	{ "pid-file", required_argument, NULL, 'p' },
	{ "ready-fd", required_argument, NULL, 'r' },
	{ "service", required_argument, NULL, 's' },
	{ "test", no_argument, NULL, 't' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int __attribute__((format(printf, 2, 3)))
usage(struct options *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(o->error, sizeof(o->error), fmt, ap);
	va_end(ap);
	return EX_USAGE;
}

/* An option that getopt_long refuses; optopt is 0 for an unknown long one. */
static int
bad_option(struct options *o, int c, char **argv)
{
	const struct option *known = long_options;

	if (optopt == 0)
		return usage(o, "%s: unknown option", argv[optind - 1]);
	while (known->name != NULL && known->val != optopt)
		known++;
	if (known->name == NULL)
		return usage(o, "-%c: unknown option", optopt);
	if (c == ':')
		return usage(o, "--%s: its argument is missing", known->name);
	return usage(o, "--%s: takes no argument", known->name);
}

static int
read_ready_fd(struct options *o, const char *text)
{
	const char *why;

	o->ready_fd = (int)strtonum(text, 0, INT_MAX, &why);
	if (why != NULL)
		return usage(o, "-r %s: not a valid file descriptor", text);
	if (fcntl(o->ready_fd, F_GETFD) == -1)
		return usage(o, "-r %s: %s", text, strerror(errno));
	return 0;
}

static int
read_explain(struct options *o, const char *text)
{
	size_t len = strcspn(text, ",");

	if (len == 0 || text[len] == '\0' || text[len + 1] == '\0')
		return usage(o, "--explain %s: must be SERVICE,ADDRESS", text);
	free(o->explain_service);
	o->explain_service = mem_strndup(text, len);
	o->explain_address = text + len + 1;
	o->mode = MODE_EXPLAIN;
	return 0;
}

static int
read_option(struct options *o, int c)
{
	switch (c) {
	case 'c':
		o->source.file = optarg;
		return 0;
	case 'f':
		o->foreground = true;
		return 0;
	case 'l':
		o->listen[o->source.nlisten++] = optarg;
		return 0;
	case 'o':
		/* Checked at once: the value may be the next argument. */
		if (strchr(optarg, '=') == NULL) {
			usage(o, "-o %s: must be directive=value", optarg);
			return EX_CONFIG;
		}
		o->set[o->source.nset++] = optarg;
		return 0;
	case 'p':
		o->pid_file = optarg;
		return 0;
	case 'r':
		return read_ready_fd(o, optarg);
	case 's':
		if (o->source.builtin != NULL)
			return usage(o, "-s: given twice");
		o->source.builtin = optarg;
		return 0;
	case 't':
		if (o->mode != MODE_DUMP)
			o->mode = MODE_TEST;
		return 0;
	case 'T':
		o->mode = MODE_DUMP;
		return 0;
	case 'h':
		o->mode = MODE_HELP;
		return 0;
	case 'V':
		o->mode = MODE_VERSION;
		return 0;
	default:
		return read_explain(o, optarg);
	}
}

/* The form without a file: -l, and -s or a program. */
static int
check_one_service(struct options *o)
{
	const struct config_source *s = &o->source;

	if (s->nlisten == 0)
		return s->builtin != NULL ?
		    usage(o, "-s: needs an address to listen on (-l)") :
		    usage(o, "%s: a program needs an address (-l)", s->argv[0]);
	if (s->builtin != NULL && s->nargv > 0)
		return usage(o, "%s: a program, where -s names a service",
		    s->argv[0]);
	if (s->builtin == NULL && s->nargv == 0)
		return usage(o, "-l: needs a service (-s) or a program");
	if (s->file != NULL)
		return usage(o, "-c: not together with -l");
	if (!o->foreground && o->mode == MODE_RUN)
		return usage(o, "-l: needs -f");
	return 0;
}

static void
use_installed(struct options *o)
{
	if (o->foreground && access(OPTIONS_FILE, F_OK) == -1 &&
	    errno == ENOENT)
		o->source.embedded = true;
	else
		o->source.file = OPTIONS_FILE;
}

/* An absolute path, for a daemon, whose directory is /; allocated. */
static char *
absolute(const char *path)
{
	char cwd[PATH_MAX];

	if (path[0] == '/' || getcwd(cwd, sizeof(cwd)) == NULL)
		return mem_strdup(path);
	return mem_printf("%s/%s", cwd, path);
}

/* Turns -p into -o pid_file=, which as the last one takes precedence. */
static int
use_pid_file(struct options *o)
{
	char *path;

	if (o->pid_file == NULL)
		return 0;
	if (o->pid_file[0] == '\0')
		return usage(o, "-p: an empty name");
	path = absolute(o->pid_file);
	o->pid_file_set = mem_printf("pid_file=%s", path);
	free(path);
	o->pid_file = strchr(o->pid_file_set, '=') + 1;
	o->set[o->source.nset++] = o->pid_file_set;
	return 0;
}

static int
check(struct options *o)
{
	struct config_source *s = &o->source;

	if (s->nlisten > 0 || s->builtin != NULL || s->nargv > 0)
		return check_one_service(o);
	if (s->nset > 0)
		return usage(o, "-o: only together with -l");
	if (s->file == NULL)
		use_installed(o);
	/* A reload reads it from another directory. */
	if (!o->foreground && o->mode == MODE_RUN)
		s->file = o->file = absolute(s->file);
	return 0;
}

int
options_read(struct options *o, int argc, char **argv)
{
	int c, status;

	*o = (struct options) { .ready_fd = -1 };
	o->listen = mem_array((size_t)argc, sizeof(*o->listen));
	o->set = mem_array((size_t)argc + 1, sizeof(*o->set));
	optind = 0; /* also a second time in one process */
	opterr = 0;
	while ((c = getopt_long(argc, argv, short_options, long_options,
		    NULL)) != -1) {
		status = c == '?' || c == ':' ? bad_option(o, c, argv) :
						read_option(o, c);
		if (status != 0)
			return status;
		if (o->mode == MODE_HELP || o->mode == MODE_VERSION)
			return 0;
	}
	o->source.foreground = o->foreground;
	/* Host names are looked up only where needed. */
	o->source.hosts = o->mode == MODE_DUMP ? HOSTS_NONE :
	    o->mode == MODE_TEST               ? HOSTS_WANTED :
						 HOSTS_NEEDED;
	o->source.set = o->set;
	o->source.listen = o->listen;
	o->source.argv = (const char *const *)argv + optind;
	o->source.nargv = (size_t)(argc - optind);
	status = check(o);
	return status == 0 ? use_pid_file(o) : status;
}

void
options_free(struct options *o)
{
	free(o->listen);
	free(o->set);
	free(o->file);
	free(o->pid_file_set);
	free(o->explain_service);
}
