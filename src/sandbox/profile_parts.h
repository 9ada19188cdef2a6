/* SPDX-License-Identifier: ISC */
/*
 * The parts of profiles, a file each: they add their rules to ctx.  0, or
 * libseccomp's negative errno.
 */
#ifndef TINED_SANDBOX_PROFILE_PARTS_H
#define TINED_SANDBOX_PROFILE_PARTS_H

#include <seccomp.h>
#include <stdbool.h>

int profile_builtin(scmp_filter_ctx ctx);
int profile_basic(scmp_filter_ctx ctx);
int profile_strict(scmp_filter_ctx ctx);
int profile_strict_writable(scmp_filter_ctx ctx);
int profile_sockets(scmp_filter_ctx ctx);

/* Whether basic refuses each call of that number. */
bool profile_basic_denies(int nr);

#endif
