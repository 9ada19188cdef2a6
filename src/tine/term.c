/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/ioctl.h>

#include <bsd/stdlib.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tine/term.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN     40
#define WIDTH_MAX     160

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

static int
width_of(int fd)
{
	struct winsize ws;
	const char *columns, *why;
	int width = 0;

	if (ioctl(fd, TIOCGWINSZ, &ws) == 0)
		width = ws.ws_col;
	if (width == 0 && (columns = getenv("COLUMNS")) != NULL)
		width = (int)strtonum(columns, 1, 10000, &why);
	if (width == 0)
		width = WIDTH_DEFAULT;
	return width < WIDTH_MIN ? WIDTH_MIN :
	    width > WIDTH_MAX    ? WIDTH_MAX :
				   width;
}

struct term
term_look(int fd)
{
	struct term t;
	const char *type;

	type = getenv("TERM");
	t.live = isatty(fd) && type != NULL && *type != '\0' &&
	    strcmp(type, "dumb") != 0;
	t.color = t.live && !is_set("NO_COLOR");
	setlocale(LC_CTYPE, "");
	t.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	t.width = width_of(fd);
	return t;
}
