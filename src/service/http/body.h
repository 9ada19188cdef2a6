/* SPDX-License-Identifier: ISC */
/*
 * The body of a request: of a known length, or in chunks (RFC 9112, sections 6
 * and 7.1).  Chunk extensions are skipped, at most 16 KiB for a body.
 */
#ifndef TINED_SERVICE_HTTP_BODY_H
#define TINED_SERVICE_HTTP_BODY_H

#include "service/http/message.h"

/* As head_step, in the states of a body; in STATE_DONE there may be no input. */
const char *body_step(struct http_parser *p, const char *in, const char *end);

#endif
