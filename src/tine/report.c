/* SPDX-License-Identifier: ISC */
/*
 * TCP_INFO and the ends of a connection, for people.
 */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <inttypes.h>
#include <stdio.h>

#include "tine/report.h"
#include "tine/units.h"

void
report_connected(int sock, const struct endpoint *peer, int64_t took)
{
	struct sockaddr_storage ss;
	struct endpoint local;
	char time[UNITS_TEXT_MAX];
	socklen_t len;

	units_print_time((double)took, time, sizeof(time));
	len = sizeof(ss);
	if (peer->ss.ss_family == AF_UNIX ||
	    getsockname(sock, (struct sockaddr *)&ss, &len) == -1) {
		fprintf(stderr, "%s, connected in %s\n", peer->text, time);
		return;
	}
	endpoint_from_sockaddr((struct sockaddr *)&ss, len, &local);
	fprintf(stderr, "tcp %s -> %s, connected in %s\n", local.text,
	    peer->text, time);
}

void
report_ended(int sock, uint64_t sent, uint64_t received, int64_t took)
{
	struct tcp_info ti;
	char total[UNITS_TEXT_MAX], rtt[UNITS_TEXT_MAX], var[UNITS_TEXT_MAX];
	socklen_t len;

	fprintf(stderr,
	    "sent %" PRIu64 " bytes, received %" PRIu64 " bytes in %s\n", sent,
	    received, units_print_time((double)took, total, sizeof(total)));
	len = sizeof(ti);
	if (getsockopt(sock, IPPROTO_TCP, TCP_INFO, &ti, &len) == -1)
		return; /* not TCP */
	fprintf(stderr, "tcp rtt %s, deviation %s, %u segments retransmitted\n",
	    units_print_time((double)ti.tcpi_rtt * 1e3, rtt, sizeof(rtt)),
	    units_print_time((double)ti.tcpi_rttvar * 1e3, var, sizeof(var)),
	    ti.tcpi_total_retrans);
}
