/* SPDX-License-Identifier: ISC */
/* A record as it was written last. */
#include "config.h"

#include <string.h>

#include "logger/written.h"
#include "runner.h"

char line[LOGLINE_MAX];
struct logline_read last_read;

struct record_fields
one_pair(const char *key, const char *value)
{
	return (struct record_fields) { .level = LEVEL_INFO,
		.event = "stderr",
		.n = 1,
		.key = { key },
		.value = { value } };
}

const char *
text_of(const struct record_fields *f)
{
	size_t len = logline_text(f, line, sizeof(line) - 1);

	ck_assert(len > 0 && len < sizeof(line));
	line[len] = '\0';
	return line;
}

const char *
json_of(const struct record_fields *f)
{
	size_t len = logline_json(f, line, sizeof(line) - 1);

	ck_assert(len > 0 && len < sizeof(line));
	line[len] = '\0';
	ck_assert_msg(logline_is_json(line, len), "no JSON: %s", line);
	return line;
}

void
check_reads(const char *text)
{
	ck_assert_msg(logline_read(text, strlen(text), &last_read), "%s", text);
}
