/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stddef.h>

#include "base/clock.h"

int64_t
clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

struct timespec *
clock_timeout(int64_t deadline, int64_t now, struct timespec *ts)
{
	int64_t left;

	if (deadline == 0)
		return NULL;
	left = deadline > now ? deadline - now : 0;
	ts->tv_sec = left / 1000;
	ts->tv_nsec = left % 1000 * 1000000;
	return ts;
}

int64_t
clock_cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_rest(int64_t took_us, int64_t parts, int64_t max_ms)
{
	int64_t rest = took_us * (parts - 1) / 1000;

	return clock_ms() + (rest < max_ms ? rest : max_ms);
}

int64_t
clock_beat(int64_t now, int64_t ms)
{
	return (now / ms + 1) * ms;
}

int64_t
clock_earlier(int64_t a, int64_t b)
{
	if (a == 0)
		return b;
	if (b == 0)
		return a;
	return a < b ? a : b;
}
