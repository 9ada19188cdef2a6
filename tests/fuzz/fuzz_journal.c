/* SPDX-License-Identifier: ISC */
/*
 * Records as entries of the journal: every field has a name that journald
 * takes, no two are the same place in memory, and the values are what the
 * record says, without controls.
 *
 * Linked with --wrap=access,--wrap=sd_journal_sendv: there need be no journal,
 * and nothing is sent to one.
 */
#include "config.h"

#include <sys/uio.h>

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "logger/journal.h"
#include "logger/logline.h"

#define HEAD 4 /* MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, TINED_EVENT */

int __wrap_access(const char *path, int mode);
int __wrap_sd_journal_sendv(const struct iovec *iov, int n);

static const struct record_fields *fields;
static const char *message;
static size_t message_length;
static unsigned int nsent;

int
__wrap_access(const char *path, int mode)
{
	(void)path;
	(void)mode;
	return 0;
}

/* What is behind the `=`; the name is of capitals, digits and underscores.  (A
 * name of more than 64 characters is one that journald leaves out.) */
static const char *
value(const struct iovec *iov, size_t *len)
{
	const char *text = iov->iov_base;
	const char *end = memchr(text, '=', iov->iov_len);
	const char *p;

	FUZZ_REQUIRE(end != NULL);
	FUZZ_REQUIRE(isupper((unsigned char)*text));
	for (p = text; p < end; p++)
		FUZZ_REQUIRE(isupper((unsigned char)*p) ||
		    isdigit((unsigned char)*p) || *p == '_');
	*len = iov->iov_len - (size_t)(end + 1 - text);
	return end + 1;
}

static void
check_pair(const struct iovec *iov, const char *key, const char *want)
{
	size_t len, i, n = strlen("TINED_");
	const char *got = value(iov, &len);

	FUZZ_REQUIRE(memcmp(iov->iov_base, "TINED_", n) == 0);
	for (i = 0; key[i] != '\0'; i++)
		FUZZ_REQUIRE(((const char *)iov->iov_base)[n + i] ==
		    toupper((unsigned char)key[i]));
	FUZZ_REQUIRE(got == (const char *)iov->iov_base + n + i + 1);
	if (utf8_is_harmless(want))
		FUZZ_REQUIRE(len == strlen(want) &&
		    memcmp(got, want, len) == 0);
	for (i = 0; i < len; i++)
		FUZZ_REQUIRE((unsigned char)got[i] >= ' ' && got[i] != 0x7f);
}

int
__wrap_sd_journal_sendv(const struct iovec *iov, int n)
{
	const char *got;
	size_t i, len;

	nsent++;
	FUZZ_REQUIRE(n >= HEAD && (size_t)n == HEAD + fields->n);
	for (i = 1; i < (size_t)n; i++)
		FUZZ_REQUIRE((const char *)iov[i].iov_base ==
		    (const char *)iov[i - 1].iov_base + iov[i - 1].iov_len);
	got = value(&iov[0], &len);
	FUZZ_REQUIRE(len == message_length && memcmp(got, message, len) == 0);
	got = value(&iov[1], &len);
	FUZZ_REQUIRE(len == 1 && *got >= '3' && *got <= '7');
	check_pair(&iov[3], "event", fields->event);
	for (i = 0; i < fields->n; i++)
		check_pair(&iov[HEAD + i], fields->key[i], fields->value[i]);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char line[LOGLINE_MAX];
	struct record_fields f;
	int n = record_next(data, size);

	if (n <= 0 || record_fields(data, (size_t)n, &f) == -1)
		return 0;
	fields = &f;
	message = line;
	message_length = logline_text(&f, line, sizeof(line)) - 1;
	nsent = 0;
	FUZZ_REQUIRE(journal_send(&f, message, message_length) == 0);
	FUZZ_REQUIRE(nsent == 1);
	return 0;
}
