/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "main/help.h"
#include "names/log_user.h"

/* clang-format off */
static const char help_first[] =
"tined serves connections, a forked process each.\n"
"\n"
"usage: tined [-ftTVh] [-c file] [-r fd] [-p file]\n"
"       tined -f [options] -l address... -s builtin\n"
"       tined -f [options] -l address... [--] program [argument...]\n"
"\n"
"  -c, --config FILE        the configuration, if it is not\n"
"                           " OPTIONS_FILE "\n"
"  -f, --foreground         stay, and log to standard error\n"
"  -t, --test               check the configuration\n"
"  -T, --dump               print the effective configuration\n"
"      --explain SERVICE,ADDRESS\n"
"                           what would happen to a connection from there\n"
"  -l, --listen ADDRESS     serve one service, without a file, here\n"
"  -s, --service BUILTIN    which one, see below\n"
"  -o, --option NAME=VALUE  set any directive of tined.conf(5) for it\n"
"  -r, --ready-fd FD        once ready, write a line of service and address\n"
"                           for each listener to this descriptor\n"
"  -p, --pid-file FILE      write the process id there\n"
"  -V, --version            print the version and what is built in\n"
"  -h, --help               print this\n"
"\n"
"Built-in services:\n";

static const char help_rest[] =
"\n"
"An address is host:port, [IPv6]:port, *:port, unix:/path, unix:@name or\n"
"systemd:name; port 0 is any free one.\n"
"\n"
"  tined -f                           echo on localhost:7007, whoami on 7008\n"
"  tined -f -l :7 -s echo             echo for everyone\n"
"  tined -f -l :2323 -- /bin/cat      a program for each connection\n"
"  tined -f -l :79 -o per_source=4 -s whoami\n"
"\n"
"See tined(8) and tined.conf(5).\n";
/* clang-format on */

void
help_options(FILE *fp)
{
	int b;

	(void)fputs(help_first, fp);
	for (b = 0; b < BUILTIN_COUNT; b++)
		fprintf(fp, "  %-23s  %s\n", builtin_name((enum builtin)b),
		    builtin_help((enum builtin)b));
	(void)fputs(help_rest, fp);
}

#ifdef HAVE_SECCOMP
#define SECCOMP "yes"
#else
#define SECCOMP "no"
#endif
#ifdef HAVE_LANDLOCK
#define LANDLOCK "yes"
#else
#define LANDLOCK "no"
#endif

void
help_version(FILE *fp)
{
	fprintf(fp,
	    "tined " PACKAGE_VERSION " (build " TINED_BUILD ")\n"
	    "  acceptor   %s%s\n"
	    "  seccomp    " SECCOMP "\n"
	    "  landlock   " LANDLOCK "\n"
	    "  user       " TINED_USER "\n"
	    "  log user   " LOG_USER "\n"
	    "  config     " OPTIONS_FILE "\n",
	    ACCEPTOR_STATIC ? "static-pie" : "dynamic",
	    WIDE_SANDBOX ? ", instrumented, with a wider sandbox" : "");
}

void
help_configure(const struct options *o, FILE *fp)
{
	const char *file = o->source.file;

	if (file == NULL || strcmp(file, OPTIONS_FILE) != 0 ||
	    access(file, F_OK) == 0 || errno != ENOENT)
		return;
	fprintf(fp,
	    "There is no configuration yet: see " DOCDIR
	    "/tined.conf.example, or try \"tined -f\", which serves echo on "
	    "localhost:7007 and whoami on 7008.\n");
}
