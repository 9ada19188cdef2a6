/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "logger/stamp.h"

const char *
stamp(const struct timespec *ts)
{
	static char text[48];
	static size_t len; /* of the seconds */
	static time_t shown;
	struct tm tm;

	/* Many lines share a second. */
	if (len == 0 || ts->tv_sec != shown) {
		shown = ts->tv_sec;
		if (gmtime_r(&shown, &tm) == NULL)
			return "-";
		len = strftime(text, sizeof(text) - 8, "%FT%T", &tm);
	}
	(void)snprintf(text + len, sizeof(text) - len, ".%03dZ",
	    (int)(ts->tv_nsec / 1000000));
	return text;
}

const char *
stamp_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return stamp(&ts);
}
