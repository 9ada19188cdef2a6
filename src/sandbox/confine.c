/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "base/shorten.h"
#include "ipc/builtin.h"
#include "sandbox/capability.h"
#include "sandbox/confine.h"
#include "sandbox/ids.h"
#include "sandbox/landlock.h"
#include "sandbox/rlimits.h"

/* A private /tmp: as systemd sizes its own. */
#define TMP_OPTIONS "mode=1777,size=10%,nr_inodes=400k"

struct state {
	const struct settings *settings;
	struct confined *out;
	bool builtin;
	bool caged;       /* a built-in, or sandbox is not off */
	bool strict;      /* a program's sandbox = strict */
	bool private_tmp; /* can be had, is mounted */
	const char *noun; /* what failed, where it is not the step itself */
};

static int take_lacks(struct state *st);
static int take_limits(struct state *st);
static int take_bounds(struct state *st);
static int take_mounts(struct state *st);
static int take_chroot(struct state *st);
static int take_tmp(struct state *st);
static int take_ids(struct state *st);
static int take_capabilities(struct state *st);
static int take_proof(struct state *st);
static int take_directory(struct state *st);
static int take_memory(struct state *st);
static int take_no_new_privs(struct state *st);
static int take_landlock(struct state *st);
static int take_seccomp(struct state *st);

/*
 * The one order in which it is done.  Until take_ids root can still do what it
 * then cannot: bounds, mounts, chroot.  Landlock forbids mounting, seccomp
 * nearly everything, so they are last; both want no_new_privs.
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
	{ "user", take_ids },
	{ "capabilities", take_capabilities },
	{ "user", take_proof },
	{ "directory", take_directory },
	{ "memory", take_memory },
	{ "no_new_privs", take_no_new_privs },
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
	st.caged = st.builtin || s->sandbox != SANDBOX_OFF;
	st.strict = !st.builtin && s->sandbox == SANDBOX_STRICT;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		st.noun = steps[i].noun;
		if (steps[i].take(&st) == 0)
			continue;
		/* take_lacks has said it all. */
		if (out->error[0] == '\0')
			(void)snprintf(out->error, sizeof(out->error), "%s: %s",
			    shorten_text(noun, sizeof(noun), st.noun),
			    strerror(errno));
		return out->error;
	}
	return NULL;
}

static void
lacks(struct state *st, const char *what)
{
	char *list = st->out->lacks;

	if (list[0] != '\0')
		(void)strlcat(list, ", ", KERNEL_LACKS_MAX);
	(void)strlcat(list, what, KERNEL_LACKS_MAX);
}

static int
take_lacks(struct state *st)
{
	const struct settings *s = st->settings;
	struct confined *out = st->out;

	kernel_lacks(st->builtin, (enum sandbox)s->sandbox, out->lacks,
	    sizeof(out->lacks));
	if (st->caged && s->seccomp.count == 0)
		lacks(st, "libseccomp");
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

/* The capabilities that are not taken away. */
static uint64_t
keep(const struct state *st)
{
	return st->builtin ? 0 : st->settings->capabilities;
}

static int
take_bounds(struct state *st)
{
	if (!st->caged)
		return 0;
	return capability_bound(keep(st));
}

/* A mount namespace of our own, into which the system's mounts still come. */
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
		/* Said, but by the manual no part of what is required. */
		lacks(st, "private /tmp (CAP_SYS_ADMIN)");
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

	if (s->chroot.count == 0)
		return chdir("/");
	if (chroot(settings_string(s, s->chroot)) == -1)
		return -1;
	return chdir("/");
}

/* After chroot, so that no link in there leads the mount elsewhere.  Without
 * execution: what is written there is not to become a program. */
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

static int
take_ids(struct state *st)
{
	const struct settings *s = st->settings;

	if (s->change_ids == 0)
		return 0;
	if (keep(st) != 0 && capability_hold() == -1)
		return -1;
	return ids_take(s, &st->noun);
}

static int
take_capabilities(struct state *st)
{
	/* Root without a sandbox is root. */
	if (!st->caged && geteuid() == 0)
		return 0;
	return capability_set(keep(st));
}

static int
take_proof(struct state *st)
{
	if (st->settings->change_ids == 0)
		return 0;
	return ids_prove(st->settings, &st->noun);
}

/* As the user: a directory that is closed to it shall not be open here. */
static int
take_directory(struct state *st)
{
	const struct settings *s = st->settings;

	if (st->builtin || s->directory.count == 0)
		return 0;
	st->noun = settings_string(s, s->directory);
	return chdir(st->noun);
}

/*
 * Other processes of this user shall not read or write our memory, nor take our
 * descriptors, ptrace(2).  To change the ids has set it anew.  A program has
 * its own: execve(2) sets it anew, too.
 */
static int
take_memory(struct state *st)
{
	int is;

	(void)st;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return -1;
	if ((is = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)) > 0)
		errno = EPERM;
	return is == 0 ? 0 : -1;
}

static int
take_no_new_privs(struct state *st)
{
	int has;

	if (!st->caged)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	if ((has = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)) == 0)
		errno = EPERM;
	return has == 1 ? 0 : -1;
}

static int
take_landlock(struct state *st)
{
	int abi, ruleset;

	if (!st->builtin && !st->strict)
		return 0;
	if ((abi = kernel_landlock()) == -1)
		return -1;
	if (st->builtin)
		return landlock_nothing(abi, !WIDE_SANDBOX);
	if (landlock_program(st->settings, abi, st->private_tmp, &ruleset,
		&st->noun) == -1)
		return -1;
	st->out->ruleset = ruleset == -1 ? 0 : ruleset;
	return 0;
}

static int
take_seccomp(struct state *st)
{
	const struct settings *s = st->settings;
	struct sock_fprog prog;

	/* take_lacks has asked the kernel, and said so: it is not asked again,
	 * for another answer would leave the filter out in silence. */
	if (s->seccomp.count == 0 || strstr(st->out->lacks, "seccomp") != NULL)
		return 0;
	prog.len = (unsigned short)s->seccomp.count;
	/* The kernel only reads it. */
	prog.filter = (struct sock_filter *)settings_bytes(s, s->seccomp);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}
