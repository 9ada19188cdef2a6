/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "tine/look/diag.h"

struct request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 req;
};

static void
fill_in(struct request *r, const struct addr *local, const struct addr *peer)
{
	struct inet_diag_sockid *id = &r->req.id;

	r->head = (struct nlmsghdr) { .nlmsg_len = sizeof(*r),
		.nlmsg_type = SOCK_DIAG_BY_FAMILY,
		.nlmsg_flags = NLM_F_REQUEST };
	r->req = (struct inet_diag_req_v2) { .sdiag_family = local->family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_ext = 1 << (INET_DIAG_INFO - 1),
		.idiag_states = ~0u };
	id->idiag_sport = htons(local->port);
	id->idiag_dport = htons(peer->port);
	memcpy(id->idiag_src, local->ip, sizeof(id->idiag_src));
	memcpy(id->idiag_dst, peer->ip, sizeof(id->idiag_dst));
	id->idiag_if = local->scope;
	id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

/* The answer: 0, or minus an errno. */
static int
parse(const struct nlmsghdr *head, size_t size, struct tcp_info *info)
{
	const struct inet_diag_msg *msg = NLMSG_DATA(head);
	const struct nlmsgerr *error = NLMSG_DATA(head);
	const struct rtattr *a = (const void *)(msg + 1);
	int left;

	if (!NLMSG_OK(head, size))
		return -EPROTO;
	if (head->nlmsg_type == NLMSG_ERROR)
		return head->nlmsg_len >= NLMSG_LENGTH(sizeof(*error)) ?
		    error->error :
		    -EPROTO;
	left = (int)(head->nlmsg_len - NLMSG_LENGTH(sizeof(*msg)));
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == INET_DIAG_INFO) {
			memset(info, 0, sizeof(*info));
			memcpy(info, RTA_DATA(a),
			    RTA_PAYLOAD(a) < sizeof(*info) ? RTA_PAYLOAD(a) :
							     sizeof(*info));
			return 0;
		}
	return -ENOENT;
}

int
diag_tcp(const struct addr *local, const struct addr *peer,
    struct tcp_info *info)
{
	_Alignas(struct nlmsghdr) char buf[4096];
	struct request r;
	ssize_t n = -1;
	int fd, error;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd == -1)
		return -1;
	fill_in(&r, local, peer);
	if (send(fd, &r, sizeof(r), 0) == sizeof(r))
		n = io_recv(fd, buf, sizeof(buf));
	error = n < 0 ? -errno : parse((const void *)buf, (size_t)n, info);
	close(fd);
	errno = -error;
	return error == 0 ? 0 : -1;
}
