/* SPDX-License-Identifier: ISC */
/* RFC 3164, as syslog(3) writes it. */
#include "config.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <paths.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/syslogd.h"

static int sock = -1;

int
syslogd_priority(enum level level)
{
	static const int priority[LEVELS] = {
		[LEVEL_ERROR] = LOG_ERR,
		[LEVEL_WARNING] = LOG_WARNING,
		[LEVEL_NOTICE] = LOG_NOTICE,
		[LEVEL_INFO] = LOG_INFO,
		[LEVEL_DEBUG] = LOG_DEBUG,
	};

	return priority[level];
}

static int
reconnect(void)
{
	const struct sockaddr_un sun = { .sun_family = AF_UNIX,
		.sun_path = _PATH_LOG };

	io_close(sock);
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock == -1)
		return -1;
	return connect(sock, (const struct sockaddr *)&sun, sizeof(sun));
}

int
syslogd_send(enum level level, const char *text, size_t len)
{
	char stamp[32], head[80];
	struct iovec iov[2];
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct tm tm;
	time_t now = time(NULL);
	int n;

	if (localtime_r(&now, &tm) == NULL ||
	    strftime(stamp, sizeof(stamp), "%b %e %T", &tm) == 0)
		stamp[0] = '\0';
	n = snprintf(head, sizeof(head),
	    "<%d>%s tined[%d]: ", LOG_DAEMON | syslogd_priority(level), stamp,
	    (int)getpid());
	if (n < 0 || (size_t)n >= sizeof(head))
		return -1;
	iov[0] = (struct iovec) { .iov_base = head, .iov_len = (size_t)n };
	iov[1] = (struct iovec) { .iov_base = (char *)text, .iov_len = len };
	if (sock != -1 && io_sendmsg(sock, &msg, MSG_NOSIGNAL) != -1)
		return 0;
	if (reconnect() == -1 || io_sendmsg(sock, &msg, MSG_NOSIGNAL) == -1)
		return -1;
	return 0;
}
