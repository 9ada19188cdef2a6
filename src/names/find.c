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

/* Grows the room for an entry, twice as much each time.  0, or an error. */
static int
grow(char **buf, size_t *size)
{
	const size_t more = *buf == NULL ? ENTRY_MIN : *size * 2;
	char *p;

	if (more > ENTRY_MAX)
		return ERANGE;
	if ((p = realloc(*buf, more)) == NULL)
		return ENOMEM;
	*buf = p;
	*size = more;
	return 0;
}

static void
fail(struct found *f, const char *why)
{
	free(f->list);
	*f = (struct found) { .why = strdup(why) };
	if (f->why == NULL)
		abort(); /* the process ends without this answer */
}

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

/* An entry of passwd(5); its strings are in buf. */
struct user {
	struct passwd pw;
	bool listed; /* there is an entry */
	uid_t uid;
	char *buf;
	size_t size;
};

/* The entry of a name, or where that is NULL of a uid. */
static int
user_entry(struct user *u, const char *name, uid_t uid)
{
	struct passwd *found = NULL;
	int error;

	do {
		if ((error = grow(&u->buf, &u->size)) != 0)
			break;
		error = name != NULL ?
		    getpwnam_r(name, &u->pw, u->buf, u->size, &found) :
		    getpwuid_r(uid, &u->pw, u->buf, u->size, &found);
	} while (error == ERANGE);
	u->listed = error == 0 && found != NULL;
	if (u->listed)
		u->uid = u->pw.pw_uid;
	return error;
}

/* The user of that name or number, also of a number without an entry.  The
 * caller frees buf. */
static const char *
find_user(const char *name, struct user *u)
{
	const char *why;
	uint32_t n;
	int error;

	*u = (struct user) { .listed = false };
	error = user_entry(u, name, 0);
	if (u->listed)
		return NULL;
	if (number_of(name, &n) == 0) {
		free(u->buf);
		*u = (struct user) { .uid = n };
		(void)user_entry(u, NULL, n);
		return NULL;
	}
	why = failure(error);
	return why == NULL ? "no such user" : why;
}

static const char *
find_group(const char *name, gid_t *gid)
{
	struct group gr, *found = NULL;
	const char *why;
	size_t size = 0;
	char *buf = NULL;
	uint32_t n;
	int error;

	do {
		if ((error = grow(&buf, &size)) != 0)
			break;
		error = getgrnam_r(name, &gr, buf, size, &found);
	} while (error == ERANGE);
	why = failure(error);
	if (error == 0 && found != NULL) {
		*gid = gr.gr_gid;
		why = NULL;
	} else if (number_of(name, &n) == 0) {
		*gid = n;
		why = NULL;
	} else if (why == NULL)
		why = "no such group";
	free(buf);
	return why;
}

static const char *
list_groups(const char *user, struct found *f)
{
	gid_t *more;
	int n = 32, room;

	for (;;) {
		room = n;
		more = reallocarray(f->list, (size_t)room, sizeof(*more));
		if (more == NULL)
			return strerror(errno);
		f->list = more;
		if (getgrouplist(user, f->gid, more, &n) != -1) {
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

/* The groups of a user without an entry: the given one. */
static const char *
group_alone(struct found *f)
{
	if ((f->list = malloc(sizeof(gid_t))) == NULL)
		return strerror(errno);
	memcpy(f->list, &f->gid, sizeof(gid_t));
	f->count = 1;
	return NULL;
}

static const char *
fill_in_identity(const struct name *name, const struct user *u, struct found *f)
{
	const char *why;

	f->id = u->uid;
	if (u->listed)
		f->gid = u->pw.pw_gid;
	else if (name->group == NULL)
		return "no such user, so it needs a group of its own";
	if (name->group != NULL &&
	    (why = find_group(name->group, &f->gid)) != NULL)
		return why;
	return u->listed ? list_groups(u->pw.pw_name, f) : group_alone(f);
}

static const char *
find_identity(const struct name *name, struct found *f)
{
	struct user u;
	const char *why = find_user(name->text, &u);

	if (why == NULL)
		why = fill_in_identity(name, &u, f);
	free(u.buf);
	return why;
}

static const char *
find_login(const char *uid, struct found *f)
{
	struct user u = { .listed = false };
	const char *why = NULL;
	uint32_t n;

	if (number_of(uid, &n) == 0)
		(void)user_entry(&u, NULL, n);
	if (!u.listed)
		why = "no such user";
	else if ((f->list = strdup(u.pw.pw_name)) == NULL)
		why = strerror(errno);
	else
		f->count = strlen(f->list) + 1;
	free(u.buf);
	return why;
}

static const char *
find_port(const char *name, struct found *f)
{
	struct servent entry, *found = NULL;
	size_t size = 0;
	char *buf = NULL;
	int error;

	do {
		if ((error = grow(&buf, &size)) != 0)
			break;
		error = getservbyname_r(name, "tcp", &entry, buf, size, &found);
	} while (error == ERANGE);
	if (error == 0 && found != NULL)
		f->id = ntohs((uint16_t)found->s_port);
	free(buf);
	return error == 0 && found != NULL ? NULL : "unknown port name";
}

static bool
has_addr(const struct found *f, const struct addr *a)
{
	const struct addr *v = f->list;
	size_t i;

	for (i = 0; i < f->count; i++)
		if (addr_equal(&v[i], a))
			return true;
	return false;
}

static const char *
add_addr(struct found *f, const struct addr *a)
{
	struct addr *v;

	if ((a->family != AF_INET && a->family != AF_INET6) || has_addr(f, a))
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

/* The addresses of localhost where no name service has them (RFC 6761, 6.3). */
static const char *
loopback(struct found *f)
{
	static const char *const ip[] = { "127.0.0.1", "::1" };
	const char *why = NULL;
	struct addr a;
	size_t i;

	for (i = 0; i < 2 && why == NULL; i++)
		if (addr_from_ip(ip[i], &a) == 0)
			why = add_addr(f, &a);
	return why;
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
	if (code != 0 && strcasecmp(host, "localhost") == 0)
		return loopback(f);
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
	const char *why = NULL;
	struct user u;

	*f = (struct found) { .count = 0 };
	switch (name->kind) {
	case NAME_HOST:
		why = find_host(name->text, f);
		break;
	case NAME_PORT:
		why = find_port(name->text, f);
		break;
	case NAME_USER:
		why = find_user(name->text, &u);
		f->id = u.uid;
		free(u.buf);
		break;
	case NAME_GROUP:
		why = find_group(name->text, &f->id);
		break;
	case NAME_IDENTITY:
		why = find_identity(name, f);
		break;
	case NAME_LOGIN:
	default:
		why = find_login(name->text, f);
		break;
	}
	if (why != NULL)
		fail(f, why);
}
