/* SPDX-License-Identifier: ISC */
/*
 * Request targets (RFC 9112, section 3.2) and the parts of them.
 *
 * Of the characters that RFC 3986 excludes from a URI, those are accepted that
 * browsers send in one (the URL standard of WHATWG): [ ] \ ^ ` { | }.
 */
#ifndef TINED_SERVICE_HTTP_URI_H
#define TINED_SERVICE_HTTP_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "service/http/host.h"

/* Part of a text; s is NULL where the text does not have it. */
struct span {
	const char *s;
	size_t len;
};

enum uri_form {
	URI_ORIGIN,   /* /path?query */
	URI_ABSOLUTE, /* http://host/path?query, or https */
	URI_ASTERISK  /* the path is "*" */
};

struct uri {
	enum uri_form form;
	struct span
	    path; /* as it was sent; "/" where an absolute one is empty */
	struct span query; /* behind the first `?` */
	struct host host;  /* of URI_ABSOLUTE */
};

/*
 * Parses a target of OCTET_TARGET bytes, which stays referenced.  Returns NULL,
 * or the reason why it is invalid (a constant).  Each % of the path begins a
 * %XX; in the query that is not checked.  The authority-form is invalid.
 */
const char *uri_parse(const char *target, size_t n, struct uri *out);

/*
 * Appends a part with %XX decoded, in a form's query (`form`) also + as a space;
 * a % that does not begin a %XX remains.  The result may contain any byte, NUL
 * and LF included.  False when it was cut.
 */
bool uri_decode(struct span part, bool form, struct buf *out);

/*
 * Takes the next pair off a query, `name=value` before an `&`; empty ones are
 * skipped.  Neither is decoded; without `=` there is no value.  False when no
 * pair is left.
 */
bool uri_next_pair(struct span *query, struct span *name, struct span *value);

#endif
