/* SPDX-License-Identifier: ISC */
/*
 * The head of a request: request line and fields (RFC 9112, sections 2 to 5).
 * Lines end with CR LF, and nothing else; each byte is checked when it comes,
 * so an error does not depend on how the input was split.
 */
#ifndef TINED_SERVICE_HTTP_HEAD_H
#define TINED_SERVICE_HTTP_HEAD_H

#include "service/http/message.h"

/* Parses from `in`, which is before end, on in one of the head's states.  Returns
 * where it stopped; it is to be called again if there is no event. */
const char *head_step(struct http_parser *p, const char *in, const char *end);

#endif
