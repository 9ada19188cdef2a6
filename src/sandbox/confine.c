/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mount.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/shorten.h"
#include "ipc/builtin.h"
#include "sandbox/capability.h"
#include "sandbox/confine.h"
#include "sandbox/landlock.h"
#include "sandbox/privs.h"
#include "sandbox/rlimits.h"

/* The size of a private /tmp: as systemd's. */
#define TMP_OPTIONS "mode=1777,size=10%,nr_inodes=400k"

struct state {
	const struct settings *settings;
	struct confined *out;
	struct privs privs;
	bool builtin;
	bool caged;       /* a built-in, or sandbox is not off */
	bool unfiltered;  /* an instrumented build's built-in: no filters */
	bool strict;      /* a program's sandbox = strict */
	bool private_tmp; /* possible, later: mounted */
	const char *noun; /* what failed, where it is not the step itself */
};

static int
take_lacks(struct state *st)
{
	const struct settings *s = st->settings;
	struct confined *out = st->out;

	kernel_lacks(st->builtin, (enum sandbox)s->sandbox, out->lacks,
	    sizeof(out->lacks));
	if (st->caged && !st->unfiltered && s->seccomp.count == 0)
		kernel_lack(out->lacks, sizeof(out->lacks), "libseccomp");
	if (out->lacks[0] == '\0' || s->sandbox_required == 0)
		return 0;
	(void)snprintf(out->error, sizeof(out->error),
	    "sandbox_required: there is no %s", out->lacks);
	return -1;
}

static int
take_limits(struct state *st)
{
	return rlimits_prepare(st->settings, &st->out->nofile, &st->noun);
}

static int
take_bounds(struct state *st)
{
	return st->caged ? capability_bound(st->privs.keep) : 0;
}

/* A mount namespace of its own; later mounts of the system still reach it. */
static int
take_mounts(struct state *st)
{
	int has;

	if (!st->strict)
		return 0;
	if ((has = capability_has(CAP_SYS_ADMIN)) == -1)
		return -1;
	st->private_tmp = has == 1;
	if (!st->private_tmp) {
		/* Reported, but not part of sandbox_required. */
		kernel_lack(st->out->lacks, sizeof(st->out->lacks),
		    "private /tmp (CAP_SYS_ADMIN)");
		return 0;
	}
	if (unshare(CLONE_NEWNS) == -1)
		return -1;
	return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
}

static int
take_chroot(struct state *st)
{
	const struct settings *s = st->settings;

	if (s->chroot.count != 0 && chroot(settings_bytes(s, s->chroot)) == -1)
		return -1;
	return chdir("/");
}

/* After chroot, so that no symbolic link in there moves the mount elsewhere.
 * noexec: nothing that is written there can be executed. */
static int
take_tmp(struct state *st)
{
	if (!st->private_tmp)
		return 0;
	if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		TMP_OPTIONS) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	st->private_tmp = false; /* a chroot without one */
	return 0;
}

/* Root without a sandbox keeps all capabilities. */
static int
take_user(struct state *st)
{
	bool change = st->settings->change_ids != 0;

	if (change && st->privs.keep != 0 && capability_hold() == -1)
		return -1;
	if (change && privs_take(&st->privs, &st->noun) == -1)
		return -1;
	st->noun = "capabilities";
	if ((st->caged || geteuid() != 0) &&
	    capability_set(st->privs.keep) == -1)
		return -1;
	st->noun = "user";
	return change ? privs_prove(&st->privs, &st->noun) : 0;
}

/* After the user has changed: a directory that it may not enter is an error. */
static int
take_directory(struct state *st)
{
	const struct settings *s = st->settings;

	if (st->builtin || s->directory.count == 0)
		return 0;
	st->noun = settings_bytes(s, s->directory);
	return chdir(st->noun);
}

/* Changing the user has made the memory readable again.  A program has memory of
 * its own, which execve(2) makes readable. */
static int
take_memory(struct state *st)
{
	if (privs_hide_memory() == -1)
		return -1;
	st->noun = "no_new_privs";
	return st->caged ? privs_no_new() : 0;
}

static int
take_landlock(struct state *st)
{
	int abi;

	if (st->unfiltered || (!st->builtin && !st->strict))
		return 0;
	if ((abi = kernel_landlock()) == -1)
		return -1;
	if (st->builtin)
		return landlock_nothing(abi);
	return landlock_program(st->settings, abi, st->private_tmp,
	    &st->out->ruleset, &st->noun);
}

static int
take_seccomp(struct state *st)
{
	const struct settings *s = st->settings;
	struct sock_fprog prog;

	/* What take_lacks has reported is missing; the kernel is not asked
	 * again, as another answer would silently leave the filter out. */
	if (s->seccomp.count == 0 || strstr(st->out->lacks, "seccomp") != NULL)
		return 0;
	prog.len = (unsigned short)s->seccomp.count;
	/* The kernel only reads it. */
	prog.filter = (struct sock_filter *)settings_bytes(s, s->seccomp);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

/*
 * In this order.  Bounds, mounts and chroot need root, so they come before the
 * user changes.  Landlock forbids mounting, seccomp nearly everything, so they
 * are last; both need no_new_privs.
 */
static const struct {
	const char *noun;
	int (*take)(struct state *st);
} steps[] = {
	{ "sandbox_required", take_lacks },
	{ "limits", take_limits },
	{ "bounding set", take_bounds },
	{ "mount namespace", take_mounts },
	{ "chroot", take_chroot },
	{ "private /tmp", take_tmp },
	{ "user", take_user },
	{ "directory", take_directory },
	{ "memory", take_memory },
	{ "landlock", take_landlock },
	{ "seccomp", take_seccomp },
};

const char *
confine(const struct settings *s, struct confined *out)
{
	struct state st = { .settings = s, .out = out };
	char noun[128];
	size_t i;

	memset(out, 0, sizeof(*out));
	st.builtin = s->builtin != BUILTIN_NONE;
	st.unfiltered = st.builtin && WIDE_SANDBOX;
	st.caged = st.builtin || s->sandbox != SANDBOX_OFF;
	st.strict = !st.builtin && s->sandbox == SANDBOX_STRICT;
	st.privs = (struct privs) { .uid = s->uid,
		.gid = s->gid,
		.groups = settings_bytes(s, s->groups),
		.ngroups = s->groups.count,
		.keep = st.builtin ? 0 : s->capabilities };
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		st.noun = steps[i].noun;
		if (steps[i].take(&st) == 0)
			continue;
		/* take_lacks writes the whole message. */
		if (out->error[0] == '\0')
			(void)snprintf(out->error, sizeof(out->error), "%s: %s",
			    shorten_text(noun, sizeof(noun), st.noun),
			    strerror(errno));
		return out->error;
	}
	return NULL;
}
