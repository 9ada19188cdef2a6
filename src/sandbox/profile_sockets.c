/* SPDX-License-Identifier: ISC */
/*
 * Which sockets the strict sandbox leaves: Unix, UDP, TCP, ICMP's echo and
 * netlink.  Landlock watches over TCP's bind(2) and connect(2).  What would
 * reach other hosts past it is refused here, with the errors of a kernel that
 * does not have it: other protocols, raw sockets, and a connection that is made
 * without connect(2).
 */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>

#include "sandbox/profile_rules.h"

#define LAST_FAMILY 64 /* above AF_MAX of any kernel to come soon */
#define TYPE_MASK   0xfU

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

/*
 * socketcall(2) hides the arguments of all these, and libseccomp would compare
 * other registers instead: there nothing is promised.
 */
#if !defined(__i386__) && !defined(__s390__)
#define DENY_FASTOPEN(call, n)                                                 \
	REFUSE(call, EOPNOTSUPP, ARG_MASK(n, MSG_FASTOPEN, MSG_FASTOPEN))
#define DENY_OPTION(option)                                                    \
	REFUSE2("setsockopt", ENOPROTOOPT, ARG_INT(1, IPPROTO_TCP),            \
	    ARG_INT(2, option))

static const struct profile_rule rules[] = {
	DENY_FASTOPEN("send", 3),
	DENY_FASTOPEN("sendto", 3),
	DENY_FASTOPEN("sendmsg", 2),
	DENY_FASTOPEN("sendmmsg", 3),
	DENY_OPTION(TCP_FASTOPEN_CONNECT),
	DENY_OPTION(TCP_REPAIR),
	/* It makes an SMC socket of one of TCP; kernel TLS is made so, too. */
	DENY_OPTION(TCP_ULP),
	REFUSE("socketpair", EAFNOSUPPORT, ARG_NOT(0, AF_UNIX)),
};
#else
static const struct profile_rule rules[] = {};
#endif

static int deny_families(scmp_filter_ctx ctx);
static int deny_types(scmp_filter_ctx ctx, int family);
static int deny_protocols(scmp_filter_ctx ctx, int family);
static bool is_in(int value, const int *list, size_t n);

int
profile_sockets(scmp_filter_ctx ctx)
{
	int error;

	if ((error = deny_families(ctx)) == 0)
		error = profile_add(ctx, rules, NELEMS(rules));
	if (error == 0)
		error = deny_types(ctx, AF_INET);
	if (error == 0)
		error = deny_types(ctx, AF_INET6);
	if (error == 0)
		error = deny_protocols(ctx, AF_INET);
	if (error == 0)
		error = deny_protocols(ctx, AF_INET6);
	return error;
}

static int
deny_families(scmp_filter_ctx ctx)
{
	struct profile_rule r = REFUSE("socket", EAFNOSUPPORT, ARG_INT(0, 0));
	int error = 0, family;

	for (family = 0; error == 0 && family <= LAST_FAMILY; family++) {
		if (is_in(family, families, NELEMS(families)))
			continue;
		r.arg[0] = (struct scmp_arg_cmp)ARG_INT(0, family);
		error = profile_add(ctx, &r, 1);
	}
	return error;
}

/* SOCK_SEQPACKET is SCTP also where the protocol is 0, 6 is DCCP, and 10 makes
 * a packet socket of this family. */
static int
deny_types(scmp_filter_ctx ctx, int family)
{
	struct profile_rule r = REFUSE2("socket", ESOCKTNOSUPPORT,
	    ARG_INT(0, family), ARG_INT(1, 0));
	int error = 0, type;

	for (type = 0; error == 0 && type <= (int)TYPE_MASK; type++) {
		if (is_in(type, types, NELEMS(types)))
			continue;
		r.arg[1] = (struct scmp_arg_cmp)ARG_MASK(1, TYPE_MASK,
		    (unsigned int)type);
		error = profile_add(ctx, &r, 1);
	}
	return error;
}

static int
deny_protocols(scmp_filter_ctx ctx, int family)
{
	struct profile_rule r = REFUSE2("socket", EPROTONOSUPPORT,
	    ARG_INT(0, family), ARG_ABOVE(2, IPPROTO_ICMPV6));
	int error, protocol;

	error = profile_add(ctx, &r, 1);
	for (protocol = 0; error == 0 && protocol < IPPROTO_ICMPV6;
	     protocol++) {
		if (is_in(protocol, protocols, NELEMS(protocols)))
			continue;
		r.arg[1] = (struct scmp_arg_cmp)ARG_INT(2, protocol);
		error = profile_add(ctx, &r, 1);
	}
	return error;
}

static bool
is_in(int value, const int *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (list[i] == value)
			return true;
	return false;
}

#endif
