/* SPDX-License-Identifier: ISC */
/*
 * time, RFC 868: the seconds since 1900-01-01 00:00 UTC, four bytes in network
 * order.  They wrap at 2036-02-07 06:28:16 UTC, as the RFC specifies.
 */
#include "config.h"

#include <arpa/inet.h>

#include <stdint.h>
#include <time.h>

#include "service/service.h"
#include "service/stream.h"

#define SINCE_1900 UINT32_C(2208988800) /* RFC 868: of 1970-01-01 */

void
service_time(struct session *s)
{
	struct timespec ts;
	uint32_t t;

	clock_gettime(CLOCK_REALTIME, &ts);
	t = htonl((uint32_t)ts.tv_sec + SINCE_1900);
	if (stream_write(s, &t, sizeof(t)) == 0)
		stream_close(s);
}
