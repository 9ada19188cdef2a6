/* SPDX-License-Identifier: ISC */
/*
 * tine address: standard input to the peer, the peer to standard output.
 */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "tine/cli.h"
#include "tine/dial.h"
#include "tine/peer.h"
#include "tine/relay.h"
#include "tine/units.h"

struct options {
	struct peer peer;
	bool keep_open;
	bool verbose;
	const char *request; /* NULL: standard input */
};

#define MEMBER(m) offsetof(struct options, m)

static const struct cli_option connect_options[] = {
	PEER_FAMILY(MEMBER(peer)),
	{ 'b', "bind", "LOCAL", "connect from this IP address", peer_local,
	    MEMBER(peer) },
	{ 'N', "no-half-close", NULL,
	    "keep the sending side open at end of input", cli_flag,
	    MEMBER(keep_open) },
	{ 'v', "verbose", NULL,
	    "print the addresses and the time to connect, and at\n"
	    "the end bytes, round-trip time and retransmissions",
	    cli_flag, MEMBER(verbose) },
	{ 'w', "timeout", "TIME", "give up connecting after this time (10s)",
	    cli_timeout, MEMBER(peer.timeout) },
	{ 'x', "request", "LINE", "send this line instead of standard input",
	    cli_text, MEMBER(request) },
	{ 'V', "version", NULL, "print the version", cli_version, 0 },
	{ 0 },
};

/* Sends the request line before anything is read: it is short. */
static int
send_request(struct relay *r, const char *line)
{
	struct iovec iov[2] = {
		{ .iov_base = (char *)(uintptr_t)line,
		    .iov_len = strlen(line) },
		{ .iov_base = (char *)(uintptr_t) "\n", .iov_len = 1 },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	n = sendmsg(r->sock, &msg, MSG_NOSIGNAL);
	if (n == -1) {
		r->step = "write";
		r->error = errno;
		return -1;
	}
	r->sent = (uint64_t)n;
	if (r->half_close)
		shutdown(r->sock, SHUT_WR);
	return 0;
}

/* `tcp 127.0.0.1:50312 -> 127.0.0.1:7, connected in 52.1 us` */
static void
report_connected(int sock, const struct endpoint *peer, int64_t took)
{
	struct sockaddr_storage ss;
	struct endpoint local;
	socklen_t len = sizeof(ss);

	if (peer->ss.ss_family != AF_UNIX &&
	    getsockname(sock, (struct sockaddr *)&ss, &len) == 0) {
		endpoint_from_sockaddr((struct sockaddr *)&ss, len, &local);
		fprintf(stderr, "tcp %s -> ", local.text);
	}
	fprintf(stderr, "%s, connected in %s\n", peer->text,
	    units_print_time((double)took).s);
}

/*
 * `sent 64 bytes, received 64 bytes in 1.2 ms`; for TCP another line with
 * round-trip time and retransmissions.
 */
static void
report_ended(int sock, uint64_t sent, uint64_t received, int64_t took)
{
	struct tcp_info ti;
	socklen_t len = sizeof(ti);

	fprintf(stderr,
	    "sent %" PRIu64 " bytes, received %" PRIu64 " bytes in %s\n", sent,
	    received, units_print_time((double)took).s);
	if (getsockopt(sock, IPPROTO_TCP, TCP_INFO, &ti, &len) == -1)
		return; /* not TCP */
	fprintf(stderr, "tcp rtt %s, deviation %s, %u segments retransmitted\n",
	    units_print_time((double)ti.tcpi_rtt * 1e3).s,
	    units_print_time((double)ti.tcpi_rttvar * 1e3).s,
	    ti.tcpi_total_retrans);
}

static int
join(const struct options *o, int sock, const char *peer)
{
	static struct relay r; /* the thread may outlive this function */
	int64_t began = units_now();
	int status = 0;

	r.sock = sock;
	r.half_close = !o->keep_open;
	r.input = o->request == NULL;
	if ((o->request != NULL && send_request(&r, o->request) == -1) ||
	    relay_run(&r) == -1) {
		errno = r.error;
		warn("%s %s", r.step, peer);
		status = CLI_FAILURE;
	}
	if (o->verbose)
		report_ended(sock, r.sent, r.received, units_now() - began);
	return status;
}

static int
connect_run(int argc, char **argv)
{
	const struct endpoint *ep;
	struct options o = { .peer = { .timeout = DIAL_TIMEOUT_NS } };
	int64_t took;
	int sock;

	cli_parse(&command_connect, argc, argv, &o);
	if (peer_resolve(&o.peer, &command_connect, argc - optind,
		argv + optind) == -1)
		return CLI_FAILURE;
	if ((sock = peer_dial(&o.peer, &ep, &took)) == -1)
		return CLI_FAILURE;
	if (io_nonblock(sock, 0) == -1)
		err(CLI_FAILURE, "connect %s", ep->text);
	if (o.verbose)
		report_connected(sock, ep, took);
	return join(&o, sock, ep->text);
}

const struct cli_command command_connect = {
	.name = "connect",
	.purpose = "join standard input and output to a connection (default)",
	.usage =
	    "tine [-46Nv] [-b local] [-w timeout] [-x request] address\n"
	    "\n"
	    "Joins standard input and output to a connection. At end of input it\n"
	    "half-closes; it ends when the peer has closed and all is printed.\n",
	.options = connect_options,
	.notes =
	    "Addresses: host:port, [v6]:port, :port (this machine), unix:/path,\n"
	    "unix:@abstract. Times: 500ms, 30s, 10m, 2h; without a unit seconds.\n"
	    "Exit status: 0 the peer closed, 1 a step failed, 64 wrong usage.\n",
	.run = connect_run,
};
