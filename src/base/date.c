/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "base/date.h"

#define DAY 86400

/*
 * The proleptic Gregorian date of a day since 1970-01-01: years begin in March
 * here, so that the leap day is the last of them.
 */
static void
civil(unsigned int day, struct date *d)
{
	static const char name[12][10] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	unsigned int days = day + 719468; /* since 0000-03-01 */
	unsigned int era = days / 146097;
	unsigned int doe = days % 146097;
	unsigned int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) /
	    365;
	unsigned int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned int mp = (5 * doy + 2) / 153;

	d->day = doy - (153 * mp + 2) / 5 + 1;
	d->month = name[(mp + 2) % 12];
	d->year = yoe + era * 400 + (mp >= 10 ? 1 : 0);
}

void
date_utc(int64_t t, struct date *d)
{
	static const char name[7][10] = { "Thursday", "Friday", "Saturday",
		"Sunday", "Monday", "Tuesday", "Wednesday" };

	if (t < 0 || t > DATE_LAST)
		t = 0;
	civil((unsigned int)(t / DAY), d);
	d->weekday = name[t / DAY % 7];
	d->second = (unsigned int)(t % DAY);
}

void
date_two(struct buf *b, unsigned int n)
{
	if (n < 10)
		buf_char(b, '0');
	buf_uint(b, n);
}

void
date_clock(struct buf *b, const struct date *d)
{
	date_two(b, d->second / 3600);
	buf_char(b, ':');
	date_two(b, d->second / 60 % 60);
	buf_char(b, ':');
	date_two(b, d->second % 60);
}
