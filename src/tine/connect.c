/* SPDX-License-Identifier: ISC */
/*
 * tine address: standard input to the peer, the peer to standard output.
 */
#include "config.h"

#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "tine/command.h"
#include "tine/peer.h"
#include "tine/relay.h"
#include "tine/report.h"
#include "tine/units.h"

struct options {
	struct peer peer;
	bool keep_open;
	bool verbose;
	const char *request; /* NULL: standard input */
};

static const char connect_help[] =
    "usage: tine [-46Nv] [-b local] [-w timeout] [-x request] address\n"
    "\n"
    "Joins standard input and output to a connection. At end of input it\n"
    "half-closes; it ends when the peer has closed and all is printed.\n"
    "\n"
    "  -4, --ipv4             use IPv4 only\n"
    "  -6, --ipv6             use IPv6 only\n"
    "  -b, --bind LOCAL       connect from this IP address\n"
    "  -N, --no-half-close    keep the sending side open at end of input\n"
    "  -v, --verbose          say who is connected, how long it took, and\n"
    "                         at the end bytes, round-trip time, losses\n"
    "  -w, --timeout TIME     give up connecting after this time (10s)\n"
    "  -x, --request LINE     send this line instead of standard input\n"
    "  -h, --help             print this\n"
    "  -V, --version          print the version\n"
    "\n"
    "Addresses: host:port, [v6]:port, :port (this machine), unix:/path,\n"
    "unix:@abstract. Times: 500ms, 30s, 10m, 2h; without a unit seconds.\n"
    "Exit status: 0 the peer closed, 1 a step failed, 64 wrong usage.\n";

static const struct option long_options[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "bind", required_argument, NULL, 'b' },
	{ "no-half-close", no_argument, NULL, 'N' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "timeout", required_argument, NULL, 'w' },
	{ "request", required_argument, NULL, 'x' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
parse(int argc, char **argv, struct options *o)
{
	int opt;

	memset(o, 0, sizeof(*o));
	peer_init(&o->peer);
	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:46b:Nvw:x:h", long_options,
		    NULL)) != -1) {
		if (peer_option(&o->peer, &command_connect, opt, optarg))
			continue;
		switch (opt) {
		case 'N':
			o->keep_open = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'x':
			o->request = optarg;
			break;
		case 'h':
			exit(command_help(&command_connect));
		default:
			command_option(&command_connect, opt, argv);
		}
	}
}

/* The request line goes out whole before anything is read: it is short. */
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

static int
join(const struct options *o, int sock, const char *peer)
{
	static struct relay r; /* its thread may outlive this function */
	int64_t began = units_now();
	int status = 0;

	r.sock = sock;
	r.half_close = !o->keep_open;
	r.input = o->request == NULL;
	if ((o->request != NULL && send_request(&r, o->request) == -1) ||
	    relay_run(&r) == -1) {
		errno = r.error;
		warn("%s %s", r.step, peer);
		status = EXIT_PROBLEM;
	}
	if (o->verbose)
		report_ended(sock, r.sent, r.received, units_now() - began);
	return status;
}

static int
connect_run(int argc, char **argv)
{
	const struct endpoint *ep;
	struct options o;
	int64_t took;
	int sock;

	parse(argc, argv, &o);
	if (peer_resolve(&o.peer, &command_connect, argc - optind,
		argv + optind) == -1)
		return EXIT_PROBLEM;
	if ((sock = peer_dial(&o.peer, &ep, &took)) == -1)
		return EXIT_PROBLEM;
	if (io_nonblock(sock, 0) == -1)
		err(EXIT_PROBLEM, "connect %s", ep->text);
	if (o.verbose)
		report_connected(sock, ep, took);
	return join(&o, sock, ep->text);
}

const struct command command_connect = {
	.name = "connect",
	.purpose = "join standard input and output to a connection (default)",
	.help = connect_help,
	.run = connect_run,
};
