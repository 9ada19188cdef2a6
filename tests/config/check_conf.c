/* SPDX-License-Identifier: ISC */
/* load_config of good configurations: their values, and the defaults. */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/loading.h"
#include "runner.h"
#include "main/load.h"

START_TEST(serves_echo_and_whoami_by_itself)
{
	struct config_source src = { .embedded = true, .foreground = true };
	struct config *c = load_config(&src, &errors);
	struct service_conf *sc;

	no_error(c);
	ck_assert_uint_eq(c->nservices, 2);
	sc = config_service(c, "echo");
	ck_assert_str_eq(sc->listen.v[0].text, "localhost:7007");
	ck_assert_int_eq(sc->builtin, BUILTIN_echo);
	sc = config_service(c, "whoami");
	ck_assert_str_eq(sc->listen.v[0].text, "localhost:7008");
	ck_assert_ptr_null(config_service(c, "who"));
	ck_assert_ptr_null(c->pid_file);
	config_free(c);
}
END_TEST

START_TEST(remembers_where_each_item_stands)
{
	struct config *c = load_text("service a {\nlisten = ':0'\n"
				     "builtin = echo\nonly_from = {'::1',\n"
				     "'10.0.0.0/8'}\n}\n"
				     "defaults {\nno_access = '::2'\n}\n");
	struct service_conf *sc;

	no_error(c);
	sc = TAILQ_FIRST(&c->services);
	ck_assert_int_eq(sc->where.line, 1);
	ck_assert_int_eq(sc->only_from.v[0].where.line, 4);
	ck_assert_int_eq(sc->only_from.v[1].where.line, 5);
	ck_assert_int_eq(sc->no_access.v[0].where.line, 8);
	ck_assert_str_eq(sc->no_access.v[0].where.file, c->files[0]);
	ck_assert_ptr_null(c->files[1]);
	config_free(c);
}
END_TEST

START_TEST(never_serves_as_root_by_default)
{
	struct config *c = load_builtin("echo", NULL);
	struct service_conf *sc;

	no_error(c);
	sc = TAILQ_FIRST(&c->services);
	if (geteuid() == 0)
		ck_assert_str_ne(sc->user, "root");
	config_free(c);
	if (geteuid() != 0)
		return;
	c = load_builtin("echo", "user=root");
	no_error(c);
	ck_assert_str_eq(TAILQ_FIRST(&c->services)->user, "root");
	config_free(c);
}
END_TEST

START_TEST(serves_only_as_itself_without_root)
{
	struct config *c;
	uid_t uid;

	if (geteuid() == 0) {
		ck_assert_int_eq(setgroups(0, NULL), 0);
		ck_assert_int_eq(setgid(65534), 0);
		ck_assert_int_eq(setuid(65534), 0);
	}
	uid = geteuid();
	c = load_builtin("echo", NULL);
	no_error(c);
	ck_assert_ptr_nonnull(TAILQ_FIRST(&c->services)->user);
	config_free(c);
	ck_assert_uint_ne(uid, 0);
	one_error(load_builtin("echo", "user=root"),
	    "tined: -o user: root: needs tined to be root");
	one_error(load_builtin("echo", "group=0"),
	    "tined: -o group: 0: needs tined to be root");
	one_error(load_builtin("echo", "chroot=/"),
	    "tined: -o chroot: /: needs tined to be root");
}
END_TEST

START_TEST(peer_timeout_is_never_below_idle_timeout)
{
	struct config *c = load_builtin("echo", "idle_timeout=10s");

	no_error(c);
	ck_assert_int_eq(TAILQ_FIRST(&c->services)->peer_ms, 10000);
	config_free(c);
	c = load_builtin("echo", "peer_timeout=10s");
	no_error(c);
	ck_assert_int_eq(TAILQ_FIRST(&c->services)->peer_ms, 300000);
	config_free(c);
	c = load_builtin("echo", "peer_timeout=400s");
	no_error(c);
	ck_assert_int_eq(TAILQ_FIRST(&c->services)->peer_ms, 400000);
	config_free(c);
}
END_TEST

START_TEST(pid_file_has_a_default_only_in_the_background)
{
	struct config *c = load_text("service a { listen=':0' builtin=echo }");

	no_error(c);
	ck_assert_str_eq(c->pid_file, RUNSTATEDIR "/tined.pid");
	config_free(c);
	c = load_text("pid_file=none service a { listen=':0' builtin=echo }");
	no_error(c);
	ck_assert_ptr_null(c->pid_file);
	config_free(c);
}
END_TEST

START_TEST(looks_for_programs_inside_chroot)
{
	char dir[] = "/tmp/tined-root.XXXXXX", path[64], text[512];
	struct config *c;

	if (geteuid() != 0)
		return;
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/prog", dir);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755));
	snprintf(text, sizeof(text), "%s/link", dir);
	ck_assert_int_eq(symlink("/prog", text), 0);
	snprintf(text, sizeof(text),
	    "service a {\nlisten = ':0'\nchroot = '%s'\nexec = '/link'\n}\n",
	    dir);
	c = load_text(text);
	no_error(c);
	config_free(c);
	snprintf(text, sizeof(text),
	    "service a {\nlisten = ':0'\nchroot = '%s'\nexec = '/bin/sh'\n}\n",
	    dir);
	ck_assert_ptr_null(load_text(text));
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_ptr_nonnull(strstr(errors.v[0].text,
	    ":4: exec: /bin/sh (inside chroot): No such file or directory"));
	errors_free(&errors);
	unlink(path);
	snprintf(text, sizeof(text), "%s/link", dir);
	unlink(text);
	rmdir(dir);
}
END_TEST

START_TEST(tells_a_changed_service_from_an_unchanged_one)
{
	struct config *a = load_builtin("echo", NULL);
	struct config *b = load_builtin("echo", "peer_timeout=300s");
	struct config *c = load_builtin("echo", "only_from=::1");

	ck_assert(config_same_service(TAILQ_FIRST(&a->services),
	    TAILQ_FIRST(&b->services)));
	ck_assert(!config_same_service(TAILQ_FIRST(&a->services),
	    TAILQ_FIRST(&c->services)));
	config_free(a);
	config_free(b);
	config_free(c);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, serves_echo_and_whoami_by_itself);
	tcase_add_test(tc, remembers_where_each_item_stands);
	tcase_add_test(tc, never_serves_as_root_by_default);
	tcase_add_test(tc, serves_only_as_itself_without_root);
	tcase_add_test(tc, peer_timeout_is_never_below_idle_timeout);
	tcase_add_test(tc, pid_file_has_a_default_only_in_the_background);
	runner_add(tc, runner_in_valgrind("valgrind has no openat2"),
	    looks_for_programs_inside_chroot);
	tcase_add_test(tc, tells_a_changed_service_from_an_unchanged_one);
}

int
main(void)
{
	return runner_main("config", add);
}
