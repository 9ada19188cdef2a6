/* SPDX-License-Identifier: ISC */
/*
 * Inherited descriptors, whatever the environment says of them: they are
 * refused with a reason of one line, or each of them is a listening stream, and
 * those of a name are found by it.  The variables are gone afterwards.
 *
 * The input: a byte for each of the descriptors from 3 on, which kind of thing
 * it is; then, between NULs, LISTEN_FDS, LISTEN_FDNAMES, a name to look for, and
 * LISTEN_PID where it is not to be this process.
 *
 * Linked with --wrap=sd_listen_fds_with_names: main calls inherited_init once
 * and never frees the names; here that is done after each input.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "listen/inherited.h"
#include "listen/listeners.h"

#define FIRST 3
#define NFDS  6

enum kind {
	KIND_CLOSED,
	KIND_V4,
	KIND_V6,
	KIND_UNIX, /* listening, no path */
	KIND_LAST_LISTENER = KIND_UNIX,
	KIND_DATAGRAM,
	KIND_CONNECTED,
	KIND_UNBOUND,
	KIND_PIPE,
	KIND_FILE,
	KINDS
};

int __real_sd_listen_fds_with_names(int unset, char ***names);
int __wrap_sd_listen_fds_with_names(int unset, char ***names);

static int source[KINDS];
static enum kind kinds[NFDS];
static char **names; /* the last ones, ended by NULL; or NULL */

int
__wrap_sd_listen_fds_with_names(int unset, char ***out)
{
	int n = __real_sd_listen_fds_with_names(unset, out);

	names = n > 0 ? *out : NULL;
	return n;
}

static int
listening(int family)
{
	struct sockaddr_storage ss = { .ss_family = (sa_family_t)family };
	socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) :
	    family == AF_INET6            ? sizeof(struct sockaddr_in6) :
					    sizeof(sa_family_t);
	int fd = socket(family, SOCK_STREAM, 0);

	/* The port, or the abstract name, is the kernel's choice. */
	if (fd == -1 || bind(fd, (struct sockaddr *)&ss, len) == -1 ||
	    listen(fd, 1) == -1) {
		close(fd); /* a machine without IPv6 */
		return -1;
	}
	return fd;
}

/* Things of every kind, above those descriptors. */
static void
prepare(void)
{
	int pair[2], ends[2], k, low;

	FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	FUZZ_REQUIRE(pipe(ends) == 0);
	source[KIND_CLOSED] = -1;
	source[KIND_V4] = listening(AF_INET);
	source[KIND_V6] = listening(AF_INET6);
	source[KIND_UNIX] = listening(AF_UNIX);
	source[KIND_DATAGRAM] = socket(AF_INET, SOCK_DGRAM, 0);
	source[KIND_CONNECTED] = pair[0];
	source[KIND_UNBOUND] = socket(AF_INET, SOCK_STREAM, 0);
	source[KIND_PIPE] = ends[0];
	source[KIND_FILE] = open("/dev/null", O_RDONLY);
	for (k = 0; k < KINDS; k++) {
		if ((low = source[k]) == -1)
			continue;
		source[k] = fcntl(low, F_DUPFD_CLOEXEC, 64);
		close(low);
	}
}

static void
put_descriptors(const uint8_t *data)
{
	int i, fd;

	close(FIRST + NFDS); /* none follows */
	for (i = 0; i < NFDS; i++) {
		kinds[i] = (enum kind)(data[i] % KINDS);
		fd = source[kinds[i]];
		if (fd == -1) {
			kinds[i] = KIND_CLOSED;
			close(FIRST + i);
		} else {
			FUZZ_REQUIRE(dup2(fd, FIRST + i) == FIRST + i);
		}
	}
}

static void
check_found(const char *name)
{
	struct listener_list list = TAILQ_HEAD_INITIALIZER(list);
	struct listener *l, *want;
	char text[2064];
	int n, i;

	snprintf(text, sizeof(text), "systemd:%s", name);
	FUZZ_REQUIRE((want = listener_new(text)) != NULL);
	TAILQ_INSERT_TAIL(&list, want, entry);
	n = inherited_open(want);
	TAILQ_FOREACH (l, &list, entry) {
		if (l == want)
			break;
		FUZZ_REQUIRE(l->inherited && l->fd > 2);
		FUZZ_REQUIRE((fcntl(l->fd, F_GETFD) & FD_CLOEXEC) != 0);
		FUZZ_REQUIRE((fcntl(l->fd, F_GETFL) & O_NONBLOCK) != 0);
		FUZZ_REQUIRE(l->local.family == AF_INET ||
		    l->local.family == AF_INET6 || l->path[0] == '@');
	}
	for (i = 0; names != NULL && names[i] != NULL; i++)
		n -= strcmp(names[i], name) == 0;
	FUZZ_REQUIRE(n == 0);
	while ((l = TAILQ_FIRST(&list)) != NULL) {
		TAILQ_REMOVE(&list, l, entry);
		listener_close(l);
	}
}

static void
take_over(const char *name)
{
	struct failure err = { 0 };
	int i, n = 0;

	if (inherited_init(&err) == 0) {
		for (n = 0; names != NULL && names[n] != NULL; n++)
			FUZZ_REQUIRE(n < NFDS && kinds[n] != KIND_CLOSED &&
			    kinds[n] <= KIND_LAST_LISTENER);
		check_found(name);
	} else {
		FUZZ_REQUIRE(err.text[0] != '\0');
		FUZZ_REQUIRE(strchr(err.text, '\n') == NULL);
	}
	FUZZ_REQUIRE(getenv("LISTEN_FDS") == NULL);
	FUZZ_REQUIRE(getenv("LISTEN_PID") == NULL);
	FUZZ_REQUIRE(getenv("LISTEN_FDNAMES") == NULL);
	for (i = 0; names != NULL && names[i] != NULL; i++)
		free(names[i]);
	free(names);
	names = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[2048];
	const char *part[4];
	char pid[24], *p;
	size_t i;

	if (size < NFDS || size - NFDS + 4 >= sizeof(text))
		return 0;
	if (source[KIND_FILE] == 0)
		prepare();
	put_descriptors(data);
	memset(text, 0, sizeof(text)); /* what is missing is empty */
	memcpy(text, data + NFDS, size - NFDS);
	for (i = 0, p = text; i < 4; i++, p += strlen(p) + 1)
		part[i] = p;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", part[3][0] != '\0' ? part[3] : pid, 1);
	setenv("LISTEN_FDS", part[0], 1);
	if (part[1][0] != '\0')
		setenv("LISTEN_FDNAMES", part[1], 1);
	else
		unsetenv("LISTEN_FDNAMES");
	take_over(part[2]);
	return 0;
}
