/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/stdfds.h"
#include "config/compile.h"
#include "listen/inherited.h"
#include "logger/log.h"
#include "main/command_accept.h"
#include "main/commands.h"
#include "main/daemonize.h"
#include "main/load.h"
#include "main/logproc.h"
#include "main/logtell.h"
#include "main/next.h"
#include "main/notify.h"
#include "main/overview_write.h"
#include "main/pid_file.h"
#include "main/reload.h"
#include "main/spawn.h"
#include "main/startup.h"
#include "main/state.h"
#include "main/supervise.h"
#include "main/workers.h"
#include "sandbox/privs.h"

struct startup {
	struct tined t;
	struct pid_file pid_file;
	int parent; /* for daemonize_ready; -1 in the foreground */
};

static int
failed(const char *what)
{
	warn("%s", what);
	return EX_OSERR;
}

static int
refused(const struct failure *err)
{
	warnx("%s", err->text);
	return err->exit_code;
}

static int
take_pid_file(struct startup *st)
{
	const char *path = st->t.config->pid_file;
	struct failure err;

	if (path == NULL || pid_file_take(&st->pid_file, path, &err) == 0)
		return 0;
	warnx("pid file %s: %s", path, err.text);
	if (err.exit_code == EX_NOPERM)
		fprintf(stderr,
		    "Name a file that user %d may write with -p or pid_file, "
		    "or none with pid_file = none.\n",
		    (int)geteuid());
	return err.exit_code;
}

static int
open_listeners(struct tined *t, struct failure *err)
{
	struct served *s;

	if (compile_check(t->config, err) == -1 ||
	    next_make(t, t->config, err) == -1)
		return -1;
	TAILQ_FOREACH (s, &t->served, entry)
		generation_advance(s);
	return 0;
}

static int
start_acceptors(struct tined *t)
{
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		if (workers_start(t, s, &s->now, false) == -1)
			return refused(&t->failure);
	return supervise_start(t) == -1 ? refused(&t->failure) : 0;
}

static int
write_ready(int fd, const struct served_list *served)
{
	char line[SETTINGS_NAME_MAX + ADDR_TEXT_MAX + 2], text[ADDR_TEXT_MAX];
	const struct listener *l;
	const struct served *s;
	int n;

	TAILQ_FOREACH (s, served, entry)
		TAILQ_FOREACH (l, &s->now.listeners, entry) {
			n = snprintf(line, sizeof(line), "%s %s\n", s->name,
			    listener_format(l, text, sizeof(text)));
			if (io_write_all(fd, line, (size_t)n) == -1)
				return -1;
		}
	return 0;
}

static int
say_ready(struct startup *st)
{
	struct tined *t = &st->t;
	const struct served *s;

	if (st->pid_file.fd != -1 && pid_file_write(&st->pid_file) == -1) {
		warn("pid file %s", t->config->pid_file);
		return EX_OSERR;
	}
	command_accept(t);
	TAILQ_FOREACH (s, &t->served, entry)
		state_log_listening(s, true);
	if (t->options->source.embedded)
		log_event(LEVEL_NOTICE, "default", "msg",
		    "no configuration file: serving the built-in default",
		    NULL);
	log_event(LEVEL_NOTICE, "ready", "version", PACKAGE_VERSION, NULL);
	if (t->options->ready_fd != -1) {
		if (write_ready(t->options->ready_fd, &t->served) == -1)
			log_message(LEVEL_WARNING, "ready fd: %s",
			    strerror(errno));
		close(t->options->ready_fd);
		stdfds_open(); /* it may have been 0, 1 or 2 */
	}
	state_ready(t);
	if (st->parent != -1)
		daemonize_ready(st->parent, logtell_target(t) == TARGET_STDERR);
	return 0;
}

/* 0, or an exit status after one line on standard error. */
static int
start(struct startup *st)
{
	struct tined *t = &st->t;
	const struct options *o = t->options;
	struct failure err;
	const char *path;
	int code;

	/* Programs of a service may run as main's user.  /proc/self belongs to
	 * root from here on. */
	if (privs_hide_memory() == -1)
		return failed("PR_SET_DUMPABLE");
	if (watch_open(&t->watch) == -1)
		return failed("epoll");
	if ((t->acceptor_fd = spawn_open(&path)) == -1)
		return failed(path);
	if ((t->config = load_for(o, &code)) == NULL)
		return code;
	notify_init();
	if (inherited_init(&err) == -1)
		return refused(&err);
	if (!o->foreground && (st->parent = daemonize()) == -1)
		return failed("fork");
	if ((code = take_pid_file(st)) != 0)
		return code;
	if (open_listeners(t, &err) == -1)
		return refused(&err);
	if (logproc_start(t) == -1)
		return failed("logger");
	if (overview_open(t) == -1)
		return failed("overview");
	if (commands_prepare(t, t->config, &err) == -1)
		return refused(&err);
	t->commands.l = t->commands.next;
	if ((code = start_acceptors(t)) != 0)
		return code;
	return say_ready(st);
}

static int
end(struct startup *st, int code)
{
	struct tined *t = &st->t;
	struct served *s;

	reload_abandon(t);
	state_log_lost(t, clock_ms());
	while ((s = TAILQ_FIRST(&t->served)) != NULL) {
		TAILQ_REMOVE(&t->served, s, entry);
		workers_forget(s);
		served_free(s);
	}
	if (code == 0)
		log_event(LEVEL_NOTICE, "stopped", NULL);
	commands_end(t);
	overview_close(t);
	pid_file_remove(&st->pid_file);
	logproc_stop(t);
	config_free(t->config);
	return code;
}

int
startup(const struct options *o)
{
	struct startup st = { .parent = -1, .pid_file = PID_FILE_NONE };
	int code;

	st.t.options = o;
	st.t.starting = true;
	st.t.logger.control.fd = -1;
	commands_init(&st.t.commands);
	st.t.overview.fd = -1;
	TAILQ_INIT(&st.t.kept.list);
	TAILQ_INIT(&st.t.served);
	spawn_raise_nofile();
	if ((code = start(&st)) == 0) {
		st.t.starting = false;
		supervise_run(&st.t);
	}
	return end(&st, code);
}
