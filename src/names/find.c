/* SPDX-License-Identifier: ISC */
/*
 * Users and groups: a name is tried first, as chown(1) does, so that a user
 * called "1000" is found; then decimal digits are a number.  The highest number
 * means "no change" to the kernel and is not an id.
 */
#include "config.h"

#include <sys/types.h>

#include <netdb.h>

#include <arpa/inet.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "names/find.h"

#define ENTRY_MIN 1024
#define ENTRY_MAX (16u << 20) /* a group may have many members */

/* An entry of passwd(5), group(5) or services(5); its strings are in buf. */
struct entry {
	union {
		struct passwd user;
		struct group group;
		struct servent port;
	};
	bool listed; /* there is one */
	char *buf;
};

/* The reason for an error of getpwnam_r(3); NULL where it means that there is no
 * entry. */
static const char *
failure(int error)
{
	switch (error) {
	case EAGAIN:
	case ECONNREFUSED:
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ERANGE:
	case ETIMEDOUT:
		return strerror(error);
	default:
		return NULL;
	}
}

static int
number_of(const char *text, uint32_t *out)
{
	const char *error;
	long long n;

	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return -1;
	n = strtonum(text, 0, UINT32_MAX - 1, &error);
	if (error != NULL)
		return -1;
	*out = (uint32_t)n;
	return 0;
}

/* Gets the entry of a name, or for NAME_LOGIN of a uid, with twice as much room
 * each time.  0, also where there is none, or an error. */
static int
get_entry(struct entry *e, enum name_kind kind, const char *name, uid_t uid)
{
	union {
		struct passwd *user;
		struct group *group;
		struct servent *port;
		void *any;
	} found = { .any = NULL };
	int error = ERANGE;
	size_t size;

	for (size = ENTRY_MIN; error == ERANGE && size <= ENTRY_MAX;
	     size *= 2) {
		free(e->buf);
		if ((e->buf = malloc(size)) == NULL)
			error = ENOMEM;
		else if (kind == NAME_USER)
			error = getpwnam_r(name, &e->user, e->buf, size,
			    &found.user);
		else if (kind == NAME_LOGIN)
			error = getpwuid_r(uid, &e->user, e->buf, size,
			    &found.user);
		else if (kind == NAME_GROUP)
			error = getgrnam_r(name, &e->group, e->buf, size,
			    &found.group);
		else
			error = getservbyname_r(name, "tcp", &e->port, e->buf,
			    size, &found.port);
	}
	e->listed = error == 0 && found.any != NULL;
	return error;
}

/* The number of the user or group of that name, which may be a number without an
 * entry. */
static const char *
find_number(enum name_kind kind, const char *name, struct entry *e,
    uint32_t *number)
{
	const char *why = failure(get_entry(e, kind, name, 0));

	if (e->listed)
		*number = kind == NAME_USER ? e->user.pw_uid : e->group.gr_gid;
	if (e->listed || number_of(name, number) == 0)
		return NULL;
	if (why == NULL)
		why = kind == NAME_USER ? "no such user" : "no such group";
	return why;
}

/* The groups of a user; of one without an entry (NULL) only the given one. */
static const char *
list_groups(const char *user, struct found *f)
{
	gid_t *more;
	int n = user != NULL ? 32 : 1, room;

	for (;;) {
		room = n;
		more = reallocarray(f->list, (size_t)room, sizeof(*more));
		if (more == NULL)
			return strerror(errno);
		f->list = more;
		more[0] = f->gid;
		if (user == NULL ||
		    getgrouplist(user, f->gid, more, &n) != -1) {
			f->count = (size_t)n;
			return NULL;
		}
		if (room == NAME_GROUPS_MAX)
			return "too many groups";
		/* Not all NSS modules return how many there are. */
		if (n <= room)
			n = room * 2;
		if (n > NAME_GROUPS_MAX)
			n = NAME_GROUPS_MAX;
	}
}

static const char *
find_identity(const struct name *name, struct entry *user, struct found *f)
{
	const char *why = find_number(NAME_USER, name->text, user, &f->id);
	struct entry group = { .buf = NULL };

	if (why != NULL)
		return why;
	if (!user->listed)
		(void)get_entry(user, NAME_LOGIN, NULL, f->id);
	if (user->listed)
		f->gid = user->user.pw_gid;
	else if (name->group == NULL)
		return "no such user, so it needs a group of its own";
	if (name->group != NULL) {
		why = find_number(NAME_GROUP, name->group, &group, &f->gid);
		free(group.buf);
		if (why != NULL)
			return why;
	}
	return list_groups(user->listed ? user->user.pw_name : NULL, f);
}

static const char *
find_login(const char *uid, struct entry *user, struct found *f)
{
	uint32_t n;

	if (number_of(uid, &n) == 0)
		(void)get_entry(user, NAME_LOGIN, NULL, n);
	if (!user->listed)
		return "no such user";
	if ((f->list = strdup(user->user.pw_name)) == NULL)
		return strerror(errno);
	f->count = strlen(f->list) + 1;
	return NULL;
}

static const char *
find_port(const char *name, struct entry *port, struct found *f)
{
	(void)get_entry(port, NAME_PORT, name, 0);
	if (!port->listed)
		return "unknown port name";
	f->id = ntohs((uint16_t)port->port.s_port);
	return NULL;
}

static const char *
add_addr(struct found *f, const struct addr *a)
{
	struct addr *v = f->list;
	size_t i;

	if (a->family != AF_INET && a->family != AF_INET6)
		return NULL;
	for (i = 0; i < f->count; i++)
		if (addr_equal(&v[i], a))
			return NULL;
	if (f->count == NAME_ADDRS_MAX)
		return "too many addresses";
	v = reallocarray(f->list, f->count + 1, sizeof(*v));
	if (v == NULL)
		return strerror(errno);
	f->list = v;
	v[f->count++] = *a;
	return NULL;
}

static const char *
find_host(const char *host, struct found *f)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *res, *ai;
	const char *why = NULL;
	struct addr a;
	int code;

	code = getaddrinfo(host, NULL, &hints, &res);
	/* Where no name service has localhost: RFC 6761, 6.3. */
	if (code != 0 && strcasecmp(host, "localhost") == 0) {
		why = find_host("127.0.0.1", f);
		return why != NULL ? why : find_host("::1", f);
	}
	if (code != 0)
		return code == EAI_SYSTEM ? strerror(errno) :
					    gai_strerror(code);
	for (ai = res; ai != NULL && why == NULL; ai = ai->ai_next) {
		addr_from_sockaddr(ai->ai_addr, &a);
		a.port = 0;
		why = add_addr(f, &a);
	}
	freeaddrinfo(res);
	if (why == NULL && f->count == 0)
		why = "the name has no IP address";
	return why;
}

void
find_name(const struct name *name, struct found *f)
{
	struct entry e = { .buf = NULL };
	const char *why;

	*f = (struct found) { .count = 0 };
	switch (name->kind) {
	case NAME_HOST:
		why = find_host(name->text, f);
		break;
	case NAME_PORT:
		why = find_port(name->text, &e, f);
		break;
	case NAME_USER:
	case NAME_GROUP:
		why = find_number(name->kind, name->text, &e, &f->id);
		break;
	case NAME_IDENTITY:
		why = find_identity(name, &e, f);
		break;
	case NAME_LOGIN:
	default:
		why = find_login(name->text, &e, f);
		break;
	}
	free(e.buf);
	if (why == NULL)
		return;
	free(f->list);
	*f = (struct found) { .why = strdup(why) };
	if (f->why == NULL)
		abort(); /* the process ends without this answer */
}
