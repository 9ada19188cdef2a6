/*
 * The installed systemd unit of tined: the user and the configuration file that
 * it starts tined with.
 */
#ifndef TINED_CONFIG_SYSUNIT_H
#define TINED_CONFIG_SYSUNIT_H

#include <stdbool.h>

struct sysunit {
	char *user;   /* NULL: root */
	char *group;  /* NULL: the user's */
	char *config; /* the file of its command line; NULL: the default one */
};

/* The unit with its drop-ins; false where none is installed. */
bool sysunit_read(struct sysunit *u);
void sysunit_free(struct sysunit *u);

/* Whether it runs tined as another user than root, with this file. */
bool sysunit_restricts(const struct sysunit *u, const char *file);

#endif
