/*
 * Users and groups by name (or number), made numbers once, in main.
 */
#ifndef TINED_MAIN_IDENTITY_H
#define TINED_MAIN_IDENTITY_H

#include <sys/types.h>

#include <stddef.h>

struct identity {
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* supplementary, all of the user's; malloc'd */
	size_t ngroups;
};

/* NULL, or why not ("no such user"); group NULL: the user's own. */
const char *identity_look_up(const char *user, const char *group,
    struct identity *out);
void identity_free(struct identity *id);

/* Whether there is a user (group) of that name or number. */
int identity_user(const char *name, uid_t *uid);
int identity_group(const char *name, gid_t *gid);

#endif
