/* SPDX-License-Identifier: ISC */
/*
 * What the head of a request decides: the target and host, where the body ends,
 * and whether the connection stays open (RFC 9112, sections 3, 6 and 9.3).  Where two
 * recipients could disagree on the end of a request, it is refused.
 */
#ifndef TINED_SERVICE_HTTP_FRAMING_H
#define TINED_SERVICE_HTTP_FRAMING_H

#include "service/http/message.h"

/* After the request line: parses the target; refuses what is not supported. */
void framing_line(struct http_parser *p);

/* A field of the head; refuses the request where it is invalid. */
void framing_field(struct http_parser *p, const char *name, const char *value);

/* After the last one: sets the members of the request, and the state that
 * reads its body; or refuses it. */
void framing_finish(struct http_parser *p);

#endif
