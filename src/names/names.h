/*
 * Names, and what they stand for: hosts, ports, users and groups.
 *
 * A configuration's names are collected first, then looked up all at once by
 * a process of their own (lookup.h), so that nothing but that process waits
 * for a name service.  From then on this table answers for them.
 */
#ifndef TINED_MAIN_NAMES_H
#define TINED_MAIN_NAMES_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

enum name_kind {
	NAME_HOST,     /* all its addresses */
	NAME_PORT,     /* of services(5), for tcp */
	NAME_USER,     /* its number */
	NAME_GROUP,    /* its number */
	NAME_IDENTITY, /* what a user's processes run as, all groups included */
	NAME_LOGIN,    /* the name of a user's number */
	NAME_KINDS
};

/* What a service runs as; the table's own memory. */
struct identity {
	uid_t uid;
	gid_t gid;
	const gid_t *groups; /* supplementary, all of the user's */
	size_t ngroups;
};

struct names;

struct names *names_new(void);
void names_free(struct names *n); /* NULL: nothing */

/*
 * Adds a name that shall be looked up; one that is there already is not added
 * again.  group belongs to an identity: NULL is the user's own.  What needs no
 * look-up (a numeric host or port) is answered at once.
 */
void names_want(struct names *n, enum name_kind kind, const char *text,
    const char *group);

/* How many are still to be answered. */
size_t names_open(const struct names *n);

/*
 * The names that are still to be answered, as `host a.example, user git`, and
 * how many there are besides where they do not fit.  Returns buf.
 */
char *names_format_open(const struct names *n, char *buf, size_t size);

/* Answers the open ones of a kind with a failure, why being the reason. */
void names_give_up(struct names *n, enum name_kind kind, const char *why);

/*
 * What a name stands for: NULL, or the reason why there is no answer ("no such
 * user").  The names of a table that is NULL were never looked up.
 */
const char *names_host(const struct names *n, const char *host,
    const struct addr **addrs, size_t *count);
const char *names_port(const struct names *n, const char *port,
    uint16_t *number);
const char *names_user(const struct names *n, const char *user, uid_t *uid);
const char *names_group(const struct names *n, const char *group, gid_t *gid);
const char *names_identity(const struct names *n, const char *user,
    const char *group, struct identity *id);

/* The name of that user, or NULL. */
const char *names_login(const struct names *n, uid_t uid);

/* Whether both tables have the same answer for a name; a host's addresses may
 * have another order.  False where one of them has none. */
bool names_agree(const struct names *a, const struct names *b,
    enum name_kind kind, const char *text, const char *group);

#endif
