/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config/check_rights.h"
#include "config/lookups.h"
#include "ipc/builtin.h"
#include "main/help.h"
#include "main/load.h"
#include "main/signals.h"
#include "names/lookup.h"
#include "sandbox/kernel.h"

static bool
is_stopped(void)
{
	return signals_seen(SIGTERM) > 0;
}

/* 0 where the look-up of every name has ended. */
static int
look_up(const struct config_source *src, struct names *names,
    struct errors *errors)
{
	char why[LOOKUP_FAILURE_MAX];
	sigset_t open;

	signals_open(&open);
	if (lookup_run(names, &open, is_stopped, why, sizeof(why)) == -1) {
		errors->exit_code = EX_OSERR;
		errors_add(errors, NULL, "%s",
		    errno == ECANCELED ? "interrupted" : strerror(errno));
		return -1;
	}
	if (src->hosts == HOSTS_WANTED)
		names_give_up(names, NAME_HOST, "no answer");
	if (names->nopen == 0)
		return 0;
	errors->exit_code = EX_UNAVAILABLE;
	errors_add(errors, NULL, "%s", why);
	return -1;
}

struct config *
load_config(const struct config_source *src, struct errors *errors)
{
	struct config *c = config_read(src, errors);

	if (look_up(src, c->names, errors) == 0 && config_check(c, errors) == 0)
		return c;
	config_free(c);
	return NULL;
}

void
load_check_sandboxes(const struct config *c, bool warn, struct errors *errors)
{
	static const char text[] = "%s: this kernel lacks %s";
	char lacks[KERNEL_LACKS_MAX];
	const struct service_conf *conf;

	TAILQ_FOREACH (conf, &c->services, entry) {
		kernel_lacks(conf->builtin != BUILTIN_NONE, conf->sandbox,
		    lacks, sizeof(lacks));
		if (lacks[0] == '\0')
			continue;
		if (conf->sandbox_required)
			errors_add(errors, &conf->where, text, conf->name,
			    lacks);
		else if (warn)
			errors_warn(errors, &conf->where, text, conf->name,
			    lacks);
	}
}

struct config *
load_for(const struct options *o, int *code)
{
	struct errors errors = { .n = 0 };
	struct config *c = load_config(&o->source, &errors);
	bool test = o->mode == MODE_TEST;
	size_t i;

	if (c != NULL && test) {
		lookups_warn(c, &errors);
		check_rights(c, o->source.file, &errors);
	}
	if (c != NULL && (test || o->mode == MODE_RUN))
		load_check_sandboxes(c, test, &errors);
	for (i = 0; i < errors.n; i++)
		fprintf(stderr, "%s\n", errors.v[i].text);
	*code = 0;
	if (c == NULL || errors_any(&errors))
		*code = errors_exit_code(&errors);
	if (errors.needs_root && o->mode == MODE_RUN &&
	    getenv("NOTIFY_SOCKET") != NULL)
		warnx("the unit's user is not root: see " DOCDIR
		      "/tined-programs.conf");
	errors_free(&errors);
	if (*code == 0)
		return c;
	if (*code == EX_CONFIG)
		help_configure(o, stderr);
	config_free(c);
	return NULL;
}
