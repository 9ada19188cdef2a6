/* SPDX-License-Identifier: ISC */
/*
 * daytime, RFC 867: date and time in UTC, as a line in the form of the RFC's
 * first example.
 */
#include "config.h"

#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "base/date.h"
#include "service/daytime.h"
#include "service/service.h"
#include "service/stream.h"

size_t
daytime_format(int64_t t, char line[static DAYTIME_MAX])
{
	struct buf b = buf_on(line, DAYTIME_MAX);
	struct date d;

	date_utc(t, &d);
	buf_str(&b, d.weekday);
	buf_str(&b, ", ");
	buf_str(&b, d.month);
	buf_char(&b, ' ');
	buf_uint(&b, d.day);
	buf_str(&b, ", ");
	buf_uint(&b, d.year);
	buf_char(&b, ' ');
	date_clock(&b, &d);
	buf_str(&b, "-UTC\r\n");
	return b.len;
}

void
service_daytime(struct session *s)
{
	char buf[DAYTIME_MAX];
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (stream_write(s, buf, daytime_format(ts.tv_sec, buf)) == 0)
		stream_close(s);
}
