/* SPDX-License-Identifier: ISC */
/*
 * The sockets that the strict sandbox allows: Unix, UDP, TCP, ICMP echo and
 * netlink.  Landlock restricts TCP's bind(2) and connect(2).  Other ways to reach
 * hosts are refused here, with the errors of a kernel that does not support them:
 * other protocols, raw sockets, and a connection without connect(2).
 */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>

#include "sandbox/profile_parts.h"
#include "sandbox/profile_rules.h"

#define LAST_FAMILY   64 /* above AF_MAX of any kernel to come soon */
#define LAST_PROTOCOL IPPROTO_ICMPV6
#define TYPE_MASK     0xf

#ifndef TCP_ULP
#define TCP_ULP 31
#endif
#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT 30
#endif

static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
static const int protocols[] = { 0, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP,
	IPPROTO_ICMPV6 };

#define DENY_PROTOCOLS_ABOVE(family)                                           \
	REFUSE2("socket", EPROTONOSUPPORT, ARG_INT(0, family),                 \
	    ARG_ABOVE(2, LAST_PROTOCOL))

#define DENY_FASTOPEN(call, n)                                                 \
	REFUSE(call, EOPNOTSUPP, ARG_MASK(n, MSG_FASTOPEN, MSG_FASTOPEN))
#define DENY_OPTION(option)                                                    \
	REFUSE2("setsockopt", ENOPROTOOPT, ARG_INT(1, IPPROTO_TCP),            \
	    ARG_INT(2, option))

static const struct profile_rule rules[] = {
	DENY_PROTOCOLS_ABOVE(AF_INET),
	DENY_PROTOCOLS_ABOVE(AF_INET6),
/*
 * Where libcs call socketcall(2) it hides the arguments of all these, and
 * libseccomp would compare other registers: no protection there.
 */
#if !defined(__i386__) && !defined(__s390__)
	DENY_FASTOPEN("send", 3),
	DENY_FASTOPEN("sendto", 3),
	DENY_FASTOPEN("sendmsg", 2),
	DENY_FASTOPEN("sendmmsg", 3),
	DENY_OPTION(TCP_FASTOPEN_CONNECT),
	DENY_OPTION(TCP_REPAIR),
	/* It makes an SMC socket of a TCP one; kernel TLS is set so, too. */
	DENY_OPTION(TCP_ULP),
	REFUSE("socketpair", EAFNOSUPPORT, ARG_NOT(0, AF_UNIX)),
#endif
};

/* Values of an argument, 0 to last, that are refused but for a few: rule has it
 * as its last one, masked. */
struct range {
	struct profile_rule rule;
	int last;
	const int *but;
	size_t nbut;
};

#define DENY_TYPES(family)                                                     \
	{                                                                      \
		REFUSE2("socket", ESOCKTNOSUPPORT, ARG_INT(0, family),         \
		    ARG_MASK(1, TYPE_MASK, 0)),                                \
		    TYPE_MASK, types, NELEMS(types)                            \
	}
#define DENY_PROTOCOLS(family)                                                 \
	{                                                                      \
		REFUSE2("socket", EPROTONOSUPPORT, ARG_INT(0, family),         \
		    ARG_INT(2, 0)),                                            \
		    LAST_PROTOCOL, protocols, NELEMS(protocols)                \
	}

/* SOCK_SEQPACKET is SCTP also where the protocol is 0, 6 is DCCP, and 10 makes
 * a packet socket of an IP family. */
static const struct range ranges[] = {
	{ REFUSE("socket", EAFNOSUPPORT, ARG_INT(0, 0)), LAST_FAMILY, families,
	    NELEMS(families) },
	DENY_TYPES(AF_INET),
	DENY_TYPES(AF_INET6),
	DENY_PROTOCOLS(AF_INET),
	DENY_PROTOCOLS(AF_INET6),
};

static bool
is_in(int value, const int *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (list[i] == value)
			return true;
	return false;
}

static int
deny_range(scmp_filter_ctx ctx, const struct range *range)
{
	struct profile_rule r = range->rule;
	int error = 0, value;

	for (value = 0; error == 0 && value <= range->last; value++) {
		if (is_in(value, range->but, range->nbut))
			continue;
		r.arg[r.nargs - 1].datum_b = (scmp_datum_t)value;
		error = profile_add(ctx, &r, 1);
	}
	return error;
}

int
profile_sockets(scmp_filter_ctx ctx)
{
	int error = profile_add(ctx, rules, NELEMS(rules));
	size_t i;

	for (i = 0; i < NELEMS(ranges) && error == 0; i++)
		error = deny_range(ctx, &ranges[i]);
	return error;
}

#endif
