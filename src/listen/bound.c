/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <netinet/tcp.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

#include <string.h>
#include <unistd.h>

#include "listen/bound.h"

#define ANSWERS 4096 /* of 16 KiB each: for users with many sockets */

/* Requests all that are neither connected nor listening, with their files. */
static int
ask(void)
{
	const struct {
		struct nlmsghdr head;
		struct unix_diag_req req;
	} msg = {
		.head = { .nlmsg_len = sizeof(msg),
		    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.req = { .sdiag_family = AF_UNIX,
		    .udiag_states = 1 << TCP_CLOSE,
		    .udiag_show = UDIAG_SHOW_VFS },
	};
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd == -1)
		return -1;
	if (send(fd, &msg, sizeof(msg), MSG_DONTWAIT) == sizeof(msg))
		return fd;
	close(fd);
	return -1;
}

/* Whether that socket is bound to the file; the kernel has its own dev_t. */
static bool
is_of(const struct nlmsghdr *head, const struct stat *st)
{
	const uint32_t dev = major(st->st_dev) << 20 | minor(st->st_dev);
	const struct unix_diag_msg *msg = NLMSG_DATA(head);
	const struct unix_diag_vfs *vfs;
	const struct rtattr *a = (const void *)(msg + 1);
	int left = (int)(head->nlmsg_len - NLMSG_LENGTH(sizeof(*msg)));

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type != UNIX_DIAG_VFS ||
		    RTA_PAYLOAD(a) < sizeof(*vfs))
			continue;
		vfs = RTA_DATA(a);
		return vfs->udiag_vfs_ino == (uint32_t)st->st_ino &&
		    vfs->udiag_vfs_dev == dev;
	}
	return false;
}

/* Reads one response; *more: others follow. */
static bool
look(int fd, const struct stat *st, bool *more)
{
	static _Alignas(struct nlmsghdr) char buf[16384];
	const struct nlmsghdr *head = (const void *)buf;
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	*more = n > 0;
	for (; n > 0 && NLMSG_OK(head, (size_t)n); head = NLMSG_NEXT(head, n)) {
		if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY) {
			*more = false; /* NLMSG_DONE or an error */
			break;
		}
		if (is_of(head, st))
			return true;
	}
	return false;
}

bool
bound_is(const struct stat *st)
{
	bool found = false, more = true;
	int fd = ask(), i;

	if (fd == -1)
		return false;
	for (i = 0; i < ANSWERS && more && !found; i++)
		found = look(fd, st, &more);
	close(fd);
	return found;
}
