/* SPDX-License-Identifier: ISC */
/*
 * Date and time in UTC and in English.  Computed here: the C library's functions
 * read time zone files, which a confined process cannot open, and use the locale.
 */
#ifndef TINED_BASE_DATE_H
#define TINED_BASE_DATE_H

#include <stdint.h>

#include "base/buf.h"

#define DATE_LAST INT64_C(253402300799) /* the end of the year 9999 */

struct date {
	unsigned int year;
	unsigned int day;    /* of the month, from 1 */
	const char *month;   /* "January" */
	const char *weekday; /* "Thursday" */
	unsigned int second; /* of the day */
};

/* The date of t, seconds since 1970.  A time before 1970 or after DATE_LAST is
 * shown as 0. */
void date_utc(int64_t t, struct date *d);

/* Appends a number with two digits. */
void date_two(struct buf *b, unsigned int n);

/* Appends the time of day, as 07:45:12. */
void date_clock(struct buf *b, const struct date *d);

#endif
