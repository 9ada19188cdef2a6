/* SPDX-License-Identifier: ISC */
/*
 * Hosts as a Host field or the authority of a target has them: `uri-host
 * [":" port]` (RFC 9110, section 7.2; RFC 3986, section 3.2.2).
 */
#ifndef TINED_SERVICE_HTTP_HOST_H
#define TINED_SERVICE_HTTP_HOST_H

#include <stddef.h>

#define HOST_MAX     255
#define HOST_NO_PORT (-1)

enum host_kind {
	HOST_NONE, /* the empty host; or none has been sent */
	HOST_NAME, /* a reg-name, which may contain %XX */
	HOST_IPV4,
	HOST_IPV6 /* name is what the brackets contain */
};

struct host {
	enum host_kind kind;
	const char *name; /* in the text that was parsed; no NUL */
	size_t len;
	int port; /* 0 to 65535; HOST_NO_PORT also where `:` ends the text */
};

/*
 * Parses n bytes, which stay referenced.  Returns NULL, or the reason why they
 * are invalid (a constant), with an empty *out.  The empty text is valid and
 * HOST_NONE.  User information, zones and IPvFuture are not.
 */
const char *host_parse(const char *s, size_t n, struct host *out);

#endif
