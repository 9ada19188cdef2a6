/* SPDX-License-Identifier: ISC */
/*
 * A table of names: hosts, ports, users and groups, and what they resolve to.
 *
 * The names of a configuration are collected first, then looked up all at once
 * by a process of their own (lookup.h), so that only this process waits for a
 * name service.
 */
#ifndef TINED_NAMES_NAMES_H
#define TINED_NAMES_NAMES_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

/* The most of one name. */
#define NAME_ADDRS_MAX  4096  /* what a reply of DNS could hold */
#define NAME_GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */
#define NAME_TEXT_MAX   1024  /* of a reason or a login */

enum name_kind {
	NAME_HOST,     /* all its addresses */
	NAME_PORT,     /* of services(5), for tcp */
	NAME_USER,     /* its number */
	NAME_GROUP,    /* its number */
	NAME_IDENTITY, /* uid, gid and groups of a user's processes */
	NAME_LOGIN,    /* the name of a user's number */
	NAME_KINDS
};

/* What a service runs as; in the memory of the table. */
struct identity {
	uid_t uid;
	gid_t gid;
	const gid_t *groups; /* supplementary, all of the user's */
	size_t ngroups;
};

/* What a name resolves to, or why it does not. */
struct found {
	char *why;    /* NULL: it is resolved */
	uint32_t id;  /* a uid, a gid or a port; of an identity the uid */
	uint32_t gid; /* of an identity */
	void *list;   /* addresses, groups or the characters of a login */
	size_t count;
};

struct name {
	enum name_kind kind;
	char *text;
	char *group; /* NULL: none */
	bool answered;
	struct found found;
};

/* Only the files of this directory use its members, but for nopen. */
struct names {
	void *tree;      /* of tsearch(3) */
	struct name **v; /* in the order in which they were added */
	size_t n;
	size_t nopen; /* how many are not answered yet */
};

struct names *names_new(void);
void names_free(struct names *n); /* may be NULL */

/*
 * Adds a name to look up, if it is not there yet.  group is that of an identity:
 * NULL is the user's own.  Numeric hosts and ports are resolved at once.
 */
void names_want(struct names *n, enum name_kind kind, const char *text,
    const char *group);

/*
 * The names that are not answered yet, as `host a.example, user git`, and the
 * number of those that do not fit.  Returns buf.
 */
char *names_format_open(const struct names *n, char *buf, size_t size);

/* Stores the answer for a name; its memory is the table's from then on. */
void names_answer(struct names *n, struct name *name,
    const struct found *found);

/* Answers the open ones of a kind with a failure: why. */
void names_give_up(struct names *n, enum name_kind kind, const char *why);

/*
 * What a name resolves to.  NULL, or the reason why it does not ("no such
 * user").  A table that is NULL has no names.
 */
const char *names_host(const struct names *n, const char *host,
    const struct addr **addrs, size_t *count);
const char *names_port(const struct names *n, const char *port,
    uint16_t *number);
const char *names_id(const struct names *n, enum name_kind kind,
    const char *text, uint32_t *id); /* of NAME_USER or NAME_GROUP */
const char *names_identity(const struct names *n, const char *user,
    const char *group, struct identity *id);

/* The name of that user, or NULL. */
const char *names_login(const struct names *n, uid_t uid);

/* Whether both tables have the same answer for a name; the order of addresses
 * does not matter.  False where one of them has none. */
bool names_agree(const struct names *a, const struct names *b,
    enum name_kind kind, const char *text, const char *group);

#endif
