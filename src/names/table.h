/*
 * The table of names as its own files know it, and how the process that looks
 * them up writes its answers.
 */
#ifndef TINED_MAIN_NAMES_TABLE_H
#define TINED_MAIN_NAMES_TABLE_H

#include "names/names.h"

/* What one name stands for, or why it stands for nothing. */
struct found {
	char *why;    /* NULL: there is an answer */
	uint32_t id;  /* a uid, a gid or a port; of an identity the uid */
	uint32_t gid; /* of an identity */
	void *list;   /* addresses, groups or a login's characters */
	size_t count;
};

struct name {
	enum name_kind kind;
	char *text;
	char *group; /* NULL: none */
	bool answered;
	struct found found;
};

struct names {
	void *tree;      /* tsearch(3)'s */
	struct name **v; /* in the order in which they were added */
	size_t n;
	size_t nopen;
};

/*
 * An answer on its way: this, then count elements.  They are characters of the
 * reason where it failed, else of the login; or addresses; or groups.
 */
struct answer {
	uint32_t index; /* of the name */
	uint32_t failed;
	uint32_t id;
	uint32_t gid;
	uint32_t count;
};

/* More than that of one name is an error. */
#define NAME_ADDRS_MAX  4096  /* what a reply of DNS could hold */
#define NAME_GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */
#define NAME_TEXT_MAX   1024  /* a reason, a login */

/* The size of an element, and how many there may be. */
size_t answer_element(enum name_kind kind, bool failed);
size_t answer_max(enum name_kind kind, bool failed);

/* Makes found the name's answer, with its memory. */
void name_answer(struct names *n, struct name *name, struct found *found);

/* Looks one name up; blocks. */
void name_find(const struct name *name, struct found *found);

/* In the process that looks up: asks for all open names at once, and writes
 * each answer to fd when it comes. */
void names_answer_all(const struct names *n, int fd);

/*
 * Takes the answers out of what that process has written.  The bytes that were
 * whole answers, the rest is to be shown again with what follows; or -1 when
 * that is none.
 */
ssize_t names_take(struct names *n, const void *buf, size_t size);

#endif
