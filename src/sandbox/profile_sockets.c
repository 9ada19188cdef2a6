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

#define BIT(n)   ((uint64_t)1 << (n))
#define FAMILIES (BIT(AF_UNIX) | BIT(AF_INET) | BIT(AF_INET6) | BIT(AF_NETLINK))
#define TYPES    (BIT(SOCK_STREAM) | BIT(SOCK_DGRAM))
#define PROTOCOLS                                                              \
	(BIT(0) | BIT(IPPROTO_ICMP) | BIT(IPPROTO_TCP) | BIT(IPPROTO_UDP) |    \
	    BIT(IPPROTO_ICMPV6))

#define DENY_PROTOCOLS_ABOVE(family)                                           \
	REFUSE("socket", EPROTONOSUPPORT, ARG_INT(0, family),                  \
	    ARG_ABOVE(2, LAST_PROTOCOL))

#define DENY_FASTOPEN(call, n)                                                 \
	REFUSE(call, EOPNOTSUPP, ARG_MASK(n, MSG_FASTOPEN, MSG_FASTOPEN))
#define DENY_OPTION(option)                                                    \
	REFUSE("setsockopt", ENOPROTOOPT, ARG_INT(1, IPPROTO_TCP),             \
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
	{ .name = NULL },
};

/* Values of an argument, 0 to last, that are refused but for a few: rule has it
 * as its first one. */
struct range {
	struct profile_rule rule;
	int last;
	uint64_t but; /* BIT of each that is not refused */
};

#define DENY_TYPES(family)                                                     \
	{                                                                      \
		REFUSE("socket", ESOCKTNOSUPPORT, ARG_MASK(1, TYPE_MASK, 0),   \
		    ARG_INT(0, family)),                                       \
		    TYPE_MASK, TYPES                                           \
	}
#define DENY_PROTOCOLS(family)                                                 \
	{                                                                      \
		REFUSE("socket", EPROTONOSUPPORT, ARG_INT(2, 0),               \
		    ARG_INT(0, family)),                                       \
		    LAST_PROTOCOL, PROTOCOLS                                   \
	}

/* SOCK_SEQPACKET is SCTP also where the protocol is 0, 6 is DCCP, and 10 makes
 * a packet socket of an IP family. */
static const struct range ranges[] = {
	{ REFUSE("socket", EAFNOSUPPORT, ARG_INT(0, 0)), LAST_FAMILY,
	    FAMILIES },
	DENY_TYPES(AF_INET),
	DENY_TYPES(AF_INET6),
	DENY_PROTOCOLS(AF_INET),
	DENY_PROTOCOLS(AF_INET6),
};

static void
deny_range(struct profile_filter *f, const struct range *range)
{
	struct profile_rule r[] = { range->rule, { .name = NULL } };
	int value;

	for (value = 0; value <= range->last; value++) {
		if (value < 64 && (range->but & BIT(value)) != 0)
			continue;
		r[0].arg[0].datum_b = (scmp_datum_t)value;
		profile_add(f, r);
	}
}

void
profile_sockets(struct profile_filter *f)
{
	size_t i;

	profile_add(f, rules);
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		deny_range(f, &ranges[i]);
}

#endif
