/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/param.h>
#include <sys/resource.h>

#include <errno.h>

#include "ipc/builtin.h"
#include "sandbox/rlimits.h"

#define NICE_LIMIT(nice) ((rlim_t)(20 - (nice))) /* getrlimit(2) */

static const struct {
	int resource;
	const char *name;
} limits[LIMIT_COUNT] = {
	[LIMIT_NOFILE] = { RLIMIT_NOFILE, "rlimit_nofile" },
	[LIMIT_AS] = { RLIMIT_AS, "rlimit_as" },
	[LIMIT_CPU] = { RLIMIT_CPU, "rlimit_cpu" },
	[LIMIT_NPROC] = { RLIMIT_NPROC, "rlimit_nproc" },
	[LIMIT_FSIZE] = { RLIMIT_FSIZE, "rlimit_fsize" },
	[LIMIT_CORE] = { RLIMIT_CORE, "rlimit_core" },
};

int
rlimits_resource(enum limit_index i)
{
	return limits[i].resource;
}

/* Raises the hard limit to value at least; the soft one stays. */
static int
rlimit_raise(int resource, rlim_t value)
{
	struct rlimit rl;

	if (getrlimit(resource, &rl) == -1)
		return -1;
	if (rl.rlim_max >= value)
		return 0;
	rl.rlim_max = value;
	return setrlimit(resource, &rl);
}

int
rlimits_nofile(struct rlimit *before)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, before) == -1)
		return -1;
	rl = *before;
	rl.rlim_cur = rl.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &rl);
}

/* No core files of built-ins and acceptors; of programs as configured. */
static int
rlimit_core(const struct settings *s)
{
	const struct settings_limit *l = &s->limit[LIMIT_CORE];
	struct rlimit rl = { 0, 0 };

	if (s->builtin == BUILTIN_NONE) {
		if (s->sandbox == SANDBOX_OFF)
			return 0;
		if (l->set != 0)
			rl.rlim_max = (rlim_t)l->value;
	}
	return setrlimit(RLIMIT_CORE, &rl);
}

static int
rlimit_nice(const struct settings *s)
{
	struct rlimit rl;
	int nice;

	errno = 0;
	nice = getpriority(PRIO_PROCESS, 0);
	if (nice == -1 && errno != 0)
		return -1;
	if (s->nice == 0 || s->nice >= nice)
		return 0;
	if (getrlimit(RLIMIT_NICE, &rl) == -1)
		return -1;
	rl.rlim_max = MAX(rl.rlim_max, NICE_LIMIT(s->nice));
	rl.rlim_cur = MAX(rl.rlim_cur, NICE_LIMIT(s->nice));
	if (setrlimit(RLIMIT_NICE, &rl) == 0)
		return 0;
	/* Without CAP_SYS_RESOURCE: the sessions inherit the acceptor's. */
	return setpriority(PRIO_PROCESS, 0, s->nice);
}

int
rlimits_prepare(const struct settings *s, struct rlimit *nofile,
    const char **noun)
{
	const struct settings_limit *l;
	unsigned int i;

	for (i = 0; i < LIMIT_COUNT; i++) {
		l = &s->limit[i];
		*noun = limits[i].name;
		if (l->set != 0 &&
		    rlimit_raise(limits[i].resource, (rlim_t)l->value) == -1)
			return -1;
	}
	*noun = limits[LIMIT_NOFILE].name;
	if (rlimits_nofile(nofile) == -1)
		return -1;
	*noun = limits[LIMIT_CORE].name;
	if (rlimit_core(s) == -1)
		return -1;
	*noun = "nice";
	return s->builtin == BUILTIN_NONE ? rlimit_nice(s) : 0;
}
