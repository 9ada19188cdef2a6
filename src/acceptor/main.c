/* SPDX-License-Identifier: ISC */
/*
 * tined-acceptor: started by tined with its descriptors in place (settings.h).
 * It prepares, confines itself, reports ready, and accepts.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#include <bsd/unistd.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "acceptor/acceptor.h"
#include "acceptor/events.h"
#include "acceptor/fork/fork.h"
#include "acceptor/loop.h"
#include "acceptor/program.h"
#include "base/io.h"
#include "base/shorten.h"
#include "ipc/builtin.h"
#include "ipc/control.h"
#include "sandbox/confine.h"

extern char **environ;

/* Reports the reason to main, which logs it. */
static void __attribute__((noreturn))
fail(int code, const char *what, const char *why)
{
	char whole[1024], text[CONTROL_TEXT_MAX];

	snprintf(whole, sizeof(whole), "%s: %s", what, why);
	shorten_text(text, sizeof(text), whole);
	control_send(SETTINGS_FD_CONTROL, CONTROL_FAILED, code, text);
	_exit(code);
}

/* In memory that children do not inherit. */
static struct acceptor *
acceptor_new(const struct settings *s)
{
	size_t own = (sizeof(struct acceptor) + 63) & ~(size_t)63;
	size_t size = own + children_size(s->place.nslots);
	struct acceptor *a;
	unsigned int i;

	a = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a == MAP_FAILED || madvise(a, size, MADV_DONTFORK) == -1)
		fail(EX_OSERR, "memory", strerror(errno));
	a->settings = s;
	a->waiting = s->wait != 0;
	a->place = settings_place(s);
	a->prefix_v4 = s->prefix_v4;
	a->prefix_v6 = s->prefix_v6;
	children_init(&a->children, (char *)a + own, s->place.nslots);
	linger_init(&a->linger,
	    LINGER_MAX + (s->linger != 0 ? s->instances : 0));
	for (i = 0; i < s->nlisteners; i++)
		a->listener[i].fd = SETTINGS_FD_LISTENER + (int)i;
	return a;
}

static void
prepare(struct acceptor *a)
{
	a->board = scoreboard_map(SETTINGS_FD_SCOREBOARD, &a->place);
	if (a->board == NULL)
		fail(EX_OSERR, "scoreboard", strerror(errno));
	a->section = a->board->own.section;
	atomic_store(&a->section->acceptor, getpid());
	if (a->settings->builtin == BUILTIN_NONE && program_init(a) == -1)
		fail(EX_OSERR, "memory", strerror(errno));
	close(SETTINGS_FD_SETTINGS);
	close(SETTINGS_FD_SCOREBOARD);
	io_close_range(SETTINGS_FD_LISTENER + a->settings->nlisteners,
	    UINT_MAX);
	leftovers_open(&a->left, a->settings->builtin == BUILTIN_NONE,
	    a->settings->leftovers == LEFTOVERS_END);
	/* If it fails main remains the subreaper. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (loop_signals(a) == -1)
		fail(EX_OSERR, "signalfd", strerror(errno));
}

/* A feature that the kernel lacks is an error with sandbox_required only. */
static void
confine_or_fail(struct acceptor *a)
{
	struct record r;
	const char *why;

	if ((why = confine(a->settings, &a->confined)) != NULL)
		fail(EX_OSERR, "confinement", why);
	if (a->confined.lacks[0] == '\0')
		return;
	record_begin(&r, LEVEL_WARNING, "sandbox");
	record_str(&r, "lacks", a->confined.lacks);
	event_send(a, &r);
}

/* A program must not inherit these descriptors. */
static void
set_cloexec(uint32_t nlisteners)
{
	int fd;

	for (fd = SETTINGS_FD_SETTINGS;
	     fd < SETTINGS_FD_LISTENER + (int)nlisteners; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Before the first client, as the program's user, in its root. */
static void
check_program(const struct settings *s)
{
	const char *path;

	if (s->builtin != BUILTIN_NONE)
		return;
	path = settings_item(s, s->argv, 0);
	if (access(path, X_OK) == -1 && errno == EACCES)
		fail(EX_CONFIG, path, "the service's user cannot execute it");
}

static void
confine_and_serve(void *arg)
{
	struct acceptor *a = arg;

	confine_or_fail(a);
	check_program(a->settings);
	loop_title(a); /* before ready is reported */
	if (control_send(SETTINGS_FD_CONTROL, CONTROL_READY, 0, NULL) == -1)
		_exit(EX_OSERR);
	loop_run(a);
}

int
main(int argc, char *argv[])
{
	const struct settings *settings;
	const char *why = NULL;
	struct acceptor *a;

	if (argc > 1 && strcmp(argv[1], "-V") == 0) {
		printf("tined-acceptor %s\n", settings_version());
		return 0;
	}
	/* execve(2) has made its memory readable for its user. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (fcntl(SETTINGS_FD_CONTROL, F_GETFD) == -1)
		errx(EX_USAGE, "this program is started by tined(8) only");
	if (!WIDE_SANDBOX) /* sanitizers depend on the mappings */
		image_pack();
	setproctitle_init(argc, argv, environ);
	prctl(PR_SET_NAME, "tined-acceptor");
	if ((settings = settings_map(SETTINGS_FD_SETTINGS, &why)) == NULL)
		fail(EX_OSERR, "settings", why);
	set_cloexec(settings->nlisteners);
	a = acceptor_new(settings);
	prepare(a);
	stack_run(&a->session_stack, confine_and_serve, a);
	_exit(0);
}
