/* SPDX-License-Identifier: ISC */
/*
 * tined(8).
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/kernel.h"
#include "main/daemonize.h"
#include "main/explain.h"
#include "main/options.h"
#include "main/signals.h"
#include "main/start.h"
#include "main/title.h"

/* What was asked for has not been said if it could not be written. */
static int
written(int result)
{
	if (result == 0)
		return 0;
	warn("standard output");
	return EX_OSERR;
}

/* -t says what of each service's sandbox this kernel does not have; where the
 * sandbox is required that is an error.  The exit status. */
static int
look_at_sandboxes(const struct config *c)
{
	char lacks[KERNEL_LACKS_MAX];
	const struct service_conf *conf;
	int code = 0;

	TAILQ_FOREACH (conf, &c->services, entry) {
		kernel_lacks(conf->builtin != BUILTIN_NONE, conf->sandbox,
		    lacks, sizeof(lacks));
		if (lacks[0] == '\0')
			continue;
		fprintf(stderr, "%s:%d: %s%s: this kernel lacks %s\n",
		    conf->where.file == NULL ? "tined" : conf->where.file,
		    conf->where.line,
		    conf->sandbox_required ? "" : "warning: ", conf->name,
		    lacks);
		if (conf->sandbox_required)
			code = EX_CONFIG;
	}
	return code;
}

/* -t, -T and --explain: load, say, leave. */
static int
look(const struct options *o)
{
	struct errors errors = { .n = 0 };
	struct config *c = config_load(&o->source, &errors);
	int code = 0;
	size_t i;

	for (i = 0; i < errors.n; i++)
		fprintf(stderr, "%s\n", errors.v[i]);
	errors_free(&errors);
	if (c == NULL)
		return EX_CONFIG;
	if (o->mode == MODE_EXPLAIN)
		code = explain(c, o->explain_service, o->explain_address);
	else if (o->mode == MODE_DUMP)
		code = written(config_dump(c, STDOUT_FILENO));
	else if ((code = look_at_sandboxes(c)) == 0)
		printf("configuration OK\n");
	config_free(c);
	return code;
}

int
main(int argc, char *argv[])
{
	struct options o;
	int code;

	if (daemonize_stdio() == -1)
		return EX_OSERR;
	setlinebuf(stderr); /* a line is one write: the logger writes, too */
	title_init(argc, argv);
	if ((code = options_read(&o, argc, argv)) != 0) {
		warnx("%s", o.error);
		fprintf(stderr, "Try \"tined --help\".\n");
		options_free(&o);
		return code;
	}
	switch (o.mode) {
	case MODE_VERSION:
		options_version(stdout);
		break;
	case MODE_HELP:
		options_help(stdout);
		break;
	case MODE_RUN:
		signals_set();
		code = start(&o);
		break;
	default:
		code = look(&o);
	}
	options_free(&o);
	return code == 0 ? written(fflush(stdout)) : code;
}
