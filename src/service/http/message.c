/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "service/http/message.h"
#include "service/http/octet.h"

bool
message_next(struct http_fields *fields, struct http_field *out)
{
	if (fields->at == fields->end)
		return false;
	out->name = fields->at;
	out->value = out->name + strlen(out->name) + 1;
	fields->at = out->value + strlen(out->value) + 1;
	return true;
}

const char *
message_field(struct http_fields fields, const char *name)
{
	struct http_field f;

	while (message_next(&fields, &f)) {
		if (octet_equal(f.name, strlen(f.name), name))
			return f.value;
	}
	return NULL;
}

void
message_refuse(struct http_parser *p, unsigned int status, const char *reason)
{
	p->state = STATE_FAILED;
	p->event = HTTP_FAILED;
	p->status = status;
	p->reason = reason;
	p->request.keep_alive = false;
}
