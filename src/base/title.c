/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/unistd.h>
#include <string.h>
#include <unistd.h>

#include "base/title.h"

extern char **environ;

static char *title;  /* where argv[0] stood */
static size_t space; /* its length */

void
title_init(int argc, char *argv[])
{
	title = argv[0];
	space = argv[0] != NULL ? strlen(argv[0]) : 0;
	setproctitle_init(argc, argv, environ);
}

void
title_set(const char *text)
{
	size_t length;

	setproctitle("%s", text);
	if (space == 0)
		return;
	length = strlen(title);
	if ((title[space] == '.' && length < space) ||
	    (title[space] == ' ' && length == space + 1))
		title[space] = '\0';
}
