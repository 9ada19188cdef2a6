/* SPDX-License-Identifier: ISC */
/*
 * daytime, RFC 867: date and time in UTC, as a line in the form of the RFC's
 * first example.  Computed here: the C library's functions read time zone
 * files, which a confined process cannot open.
 */
#include "config.h"

#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "service/daytime.h"
#include "service/service.h"
#include "service/stream.h"

/* Two digits. */
static void
put_two(struct buf *b, int64_t v)
{
	if (v < 10)
		buf_char(b, '0');
	buf_int(b, v);
}

/*
 * The proleptic Gregorian date of a day since 1970-01-01, day >= 0: years
 * begin in March here, so that the leap day is the last of them.
 */
static void
civil(int64_t day, int64_t *year, unsigned int *month, unsigned int *mday)
{
	int64_t days = day + 719468; /* since 0000-03-01 */
	int64_t era = days / 146097;
	unsigned int doe = (unsigned int)(days % 146097);
	unsigned int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) /
	    365;
	unsigned int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned int mp = (5 * doy + 2) / 153;

	*mday = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

size_t
daytime_format(int64_t t, char line[static DAYTIME_MAX])
{
	static const char wday[7][10] = { "Thursday", "Friday", "Saturday",
		"Sunday", "Monday", "Tuesday", "Wednesday" };
	static const char name[12][10] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	int64_t year, day, sec;
	unsigned int month, mday;
	struct buf b = buf_on(line, DAYTIME_MAX);

	if (t < 0 || t > DAYTIME_LAST)
		t = 0;
	day = t / 86400;
	sec = t % 86400;
	civil(day, &year, &month, &mday);
	buf_str(&b, wday[day % 7]);
	buf_str(&b, ", ");
	buf_str(&b, name[month - 1]);
	buf_char(&b, ' ');
	buf_uint(&b, mday);
	buf_str(&b, ", ");
	buf_int(&b, year);
	buf_char(&b, ' ');
	put_two(&b, sec / 3600);
	buf_char(&b, ':');
	put_two(&b, sec / 60 % 60);
	buf_char(&b, ':');
	put_two(&b, sec % 60);
	buf_str(&b, "-UTC\r\n");
	return b.len;
}

static void
daytime_serve(struct session *s)
{
	char buf[DAYTIME_MAX];
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (stream_write(s, buf, daytime_format(ts.tv_sec, buf)) == 0)
		stream_close(s);
}

const struct service service_daytime = { .name = "daytime",
	.serve = daytime_serve };
