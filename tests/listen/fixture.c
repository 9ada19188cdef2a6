/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <net/if.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "inject.h"
#include "config/lookups.h"
#include "listen/fixture.h"
#include "logger/log.h"
#include "names/lookup.h"

#define NOBODY 65534

/* Check's own assertions write to a descriptor that some tests replace. */
#define NEED(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			dprintf(2, "%s:%d: %s: %s\n", __FILE__, __LINE__,      \
			    #condition, strerror(errno));                      \
			abort();                                               \
		}                                                              \
	} while (0)

char fixture_log[4096];
static char dir[64];

/* In place of the log's own. */
void
log_message(enum level level, const char *fmt, ...)
{
	size_t len = strlen(fixture_log);
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	vsnprintf(fixture_log + len, sizeof(fixture_log) - len, fmt, ap);
	va_end(ap);
	strlcat(fixture_log, "\n", sizeof(fixture_log));
}

struct service_conf *
fixture_conf(const char *listen, ...)
{
	struct service_conf *sc = calloc(1, sizeof(*sc));
	va_list ap;

	NEED((sc) != NULL);
	sc->name = strdup("test");
	sc->idle_ms = sc->peer_ms = 300000;
	sc->backlog = 64;
	sc->keepalive = sc->nodelay = true;
	sc->socket_mode = 0666;
	sc->listen.v = calloc(SETTINGS_LISTENERS + 1, sizeof(*sc->listen.v));
	NEED((sc->listen.v) != NULL);
	va_start(ap, listen);
	for (; listen != NULL; listen = va_arg(ap, const char *))
		sc->listen.v[sc->listen.n++].text = strdup(listen);
	va_end(ap);
	fixture_look_up(sc);
	return sc;
}

void
fixture_look_up(struct service_conf *sc)
{
	struct names *names = names_new();
	char why[LOOKUP_FAILURE_MAX];
	bool asks;

	lookups_want_service(names, sc, true);
	asks = names->nopen > 0;
	NEED(lookup_run(names, NULL, NULL, why, sizeof(why)) == 0);
	NEED(names->nopen == 0);
	names_free((struct names *)(uintptr_t)sc->names);
	sc->names = names;
	/* Nothing but what the test starts is a child of its own. */
	while (asks && waitpid(-1, NULL, 0) > 0)
		continue;
}

void
fixture_conf_free(struct service_conf *sc)
{
	while (sc->listen.n > 0)
		free(sc->listen.v[--sc->listen.n].text);
	free(sc->listen.v);
	names_free((struct names *)(uintptr_t)sc->names);
	free(sc->name);
	free(sc);
}

int
fixture_open(const struct service_conf *sc, struct listener_list *own,
    struct listener_list *out, struct failure *err)
{
	struct listener_list none = TAILQ_HEAD_INITIALIZER(none);
	struct listener_list opened = TAILQ_HEAD_INITIALIZER(opened);
	struct listener_request r = { .sc = sc, .own = own, .out = &opened };
	int rc;

	if (own == NULL)
		r.own = &none;
	rc = listeners_open(&r, 1, own == NULL, err);
	TAILQ_CONCAT(out, &opened, entry);
	return rc;
}

const char *
fixture_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	NEED((strchr(dir, '/')) == NULL);
	snprintf(dir, sizeof(dir), "%s/tined.XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	NEED((mkdtemp(dir)) != NULL);
	NEED(chdir(dir) == 0);
	return dir;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
fixture_clean(void)
{
	NEED(chdir("/") == 0);
	NEED(nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
	dir[0] = '\0';
}

size_t
fixture_count(const struct listener_list *list)
{
	const struct listener *l;
	size_t n = 0;

	TAILQ_FOREACH (l, list, entry)
		n++;
	return n;
}

void
fixture_close(struct listener_list *list)
{
	listeners_close(list);
}

static int
connect_to(int family, const void *sa, socklen_t len)
{
	int fd, saved;

	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	NEED(fd != -1);
	if (connect(fd, sa, len) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
fixture_connect(const struct addr *to)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(to, &ss);

	return connect_to(to->family, &ss, len);
}

int
fixture_connect_ip(const char *ip, uint16_t port)
{
	struct addr a;

	NEED(addr_from_ip(ip, &a) == 0);
	a.port = port;
	return fixture_connect(&a);
}

int
fixture_connect_unix(const char *path)
{
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un(path, &sun);

	return connect_to(AF_UNIX, &sun, len);
}

int
fixture_network(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd, rc;

	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	NEED(fd != -1);
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	rc = ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return rc;
}

/* Puts a file of our own in the place of /etc/hosts. */
static int
cover_hosts(void)
{
	char path[] = "/tmp/hosts.XXXXXX";
	int fd, rc;

	if (geteuid() != 0 || unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) == -1)
		return -1;
	fd = mkstemp(path);
	NEED(fd != -1);
	NEED(fchmod(fd, 0644) == 0);
	close(fd);
	rc = mount(path, "/etc/hosts", "", MS_BIND, NULL);
	unlink(path);
	return rc;
}

int
fixture_hosts(const char *text)
{
	static bool covered;
	int fd;

	if (!covered && cover_hosts() == -1)
		return -1;
	covered = true;
	fd = open("/etc/hosts", O_WRONLY | O_TRUNC | O_CLOEXEC);
	NEED(fd != -1);
	NEED(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	return 0;
}

void
fixture_without_ipv6(void)
{
	NEED(inject(SYS_socket, AF_INET6, EAFNOSUPPORT) == 0);
	NEED(socket(AF_INET6, SOCK_STREAM, 0) == -1);
}

void
fixture_unprivileged(void)
{
	if (geteuid() != 0)
		return;
	NEED(setgroups(0, NULL) == 0);
	NEED(setresgid(NOBODY, NOBODY, NOBODY) == 0);
	NEED(setresuid(NOBODY, NOBODY, NOBODY) == 0);
}

bool
fixture_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}
