/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "listen/claim.h"

enum unixpath_result
claim_fail(const struct claim *t, int exit_code, const char *verb,
    const char *why)
{
	listener_fail(t->err, exit_code, "%s: %s unix:%s: %s", t->sc->name,
	    verb, t->l->path, why);
	return UNIXPATH_FAILED;
}

enum unixpath_result
claim_busy(const struct claim *t, const char *why)
{
	(void)claim_fail(t, EX_UNAVAILABLE, "bind", why);
	return UNIXPATH_BUSY;
}

enum unixpath_result
claim_errno(const struct claim *t, const char *verb)
{
	const int code = errno == EACCES || errno == EPERM ? EX_NOPERM :
							     EX_UNAVAILABLE;

	return claim_fail(t, code, verb,
	    errno == ENOENT ? "its directory does not exist" : strerror(errno));
}
