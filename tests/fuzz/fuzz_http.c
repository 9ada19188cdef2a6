/* SPDX-License-Identifier: ISC */
/*
 * A client's requests.  The first three bytes of the input choose the limits and
 * how the rest is split.  What is delivered does not depend on that, is within
 * the limits, and consists of valid parts.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "service/http/feed.h"
#include "service/http/octet.h"

static void
check_fields(struct http_fields fields)
{
	struct http_field f;
	size_t n, len;

	while (message_next(&fields, &f)) {
		n = strlen(f.name);
		len = strlen(f.value);
		FUZZ_REQUIRE(n > 0 && octet_span(f.name, n, OCTET_TOKEN) == n);
		FUZZ_REQUIRE(octet_span(f.value, len, OCTET_TEXT) == len);
		FUZZ_REQUIRE(len == 0 ||
		    (!octet_is(f.value[0], OCTET_BLANK) &&
			!octet_is(f.value[len - 1], OCTET_BLANK)));
	}
}

static void
check_head(const struct http_parser *p)
{
	const struct http_request *r = &p->request;
	const char *coding = message_field(r->fields, "transfer-encoding");
	const char *length = message_field(r->fields, "content-length");

	FUZZ_REQUIRE(strlen(r->method) <= HTTP_METHOD_MAX);
	FUZZ_REQUIRE(strlen(r->target) <= p->limits->target);
	FUZZ_REQUIRE(r->uri.path.len > 0);
	FUZZ_REQUIRE(r->minor == 0 || message_field(r->fields, "host") != NULL);
	FUZZ_REQUIRE((coding != NULL) == r->chunked);
	FUZZ_REQUIRE(coding == NULL || length == NULL);
	FUZZ_REQUIRE(length != NULL || r->length == 0);
	FUZZ_REQUIRE(r->length <= p->limits->body);
	FUZZ_REQUIRE(r->has_body == (r->chunked || r->length > 0));
	FUZZ_REQUIRE(p->text.len <= p->text.size);
	check_fields(r->fields);
}

/* All of the input at once, with the checks of each event. */
static void
check_events(const struct http_limits *limits, const char *in, size_t n)
{
	static char buffer[HTTP_BUFFER_SIZE(256, 512)];
	const char *end = in + n;
	enum http_event event;
	struct http_parser p;
	uint64_t body = 0;
	size_t used;

	parser_init(&p, limits, buffer, sizeof(buffer));
	do {
		event = parser_feed(&p, in, (size_t)(end - in), &used);
		FUZZ_REQUIRE(used <= (size_t)(end - in));
		if (event == HTTP_HEAD) {
			check_head(&p);
			body = 0;
		} else if (event == HTTP_DATA) {
			FUZZ_REQUIRE(p.data.len > 0 && p.data.s >= in &&
			    p.data.s + p.data.len == in + used);
			body += p.data.len;
			FUZZ_REQUIRE(body <= limits->body);
		} else if (event == HTTP_END) {
			FUZZ_REQUIRE(p.request.chunked ||
			    body == p.request.length);
			check_fields(p.request.trailers);
		} else if (event == HTTP_FAILED) {
			FUZZ_REQUIRE(p.status >= 400 && p.status <= 505);
			FUZZ_REQUIRE(p.reason[0] != '\0');
		} else {
			FUZZ_REQUIRE(in + used == end);
		}
		in += used;
	} while (event != HTTP_MORE && event != HTTP_FAILED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct feed whole, split;
	struct http_limits limits;
	const char *in;
	size_t n;

	if (size < 3 || size > 8192)
		return 0;
	in = (const char *)data + 3;
	n = size - 3;
	limits = (struct http_limits) { .target = data[0],
		.body = data[0],
		.headers = (size_t)data[0] * 2,
		.fields = data[0] / 8 };
	check_events(&limits, in, n);
	feed_run(&whole, &limits, in, n, n, n);
	feed_run(&split, &limits, in, n, data[1], (size_t)data[2] + 1);
	FUZZ_REQUIRE(whole.text.len == split.text.len &&
	    memcmp(whole.text.s, split.text.s, whole.text.len) == 0);
	FUZZ_REQUIRE(strcmp(whole.marks.s, split.marks.s) == 0);
	return 0;
}
