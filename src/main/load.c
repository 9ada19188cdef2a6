/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ipc/builtin.h"
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
		    errno == EINTR ? "interrupted" : strerror(errno));
		return -1;
	}
	if (src->hosts == HOSTS_WANTED)
		names_give_up(names, NAME_HOST, "no answer");
	if (names_open(names) == 0)
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

void
load_print_errors(const struct errors *errors)
{
	size_t i;

	for (i = 0; i < errors->n; i++)
		fprintf(stderr, "%s\n", errors->v[i].text);
}
