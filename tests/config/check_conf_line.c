/* SPDX-License-Identifier: ISC */
/* load_config of one service from the command line: -l, -s or a program, -o. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config/loading.h"
#include "runner.h"
#include "main/load.h"

/* One service from the command line, with up to three -o. */
static struct config *
load_service(const char *const *argv, size_t nargv, const char *const *set,
    size_t nset)
{
	static const char *const listen[] = { "127.0.0.1:0", "unix:@x" };
	struct config_source src = {
		.foreground = true,
		.listen = listen,
		.nlisten = COUNT(listen),
		.argv = argv,
		.nargv = nargv,
		.set = set,
		.nset = nset,
	};

	return load_config(&src, &errors);
}

START_TEST(names_a_service_after_its_builtin)
{
	struct config *c = load_builtin("time", NULL);

	no_error(c);
	ck_assert_str_eq(TAILQ_FIRST(&c->services)->name, "time");
	ck_assert_int_eq(TAILQ_FIRST(&c->services)->builtin, BUILTIN_time);
	config_free(c);
	one_error(load_builtin("tim", NULL),
	    "tined: -s tim: must be none, chargen, daytime, discard, echo, time "
	    "or whoami");
}
END_TEST

START_TEST(names_a_service_after_its_program)
{
	static const char *const argv[] = { "sh", "-c", "${x}", "" };
	struct config *c;
	struct service_conf *sc;

	setenv("PATH", "/no/such/place::/bin:/usr/bin", 1);
	c = load_service(argv, COUNT(argv), NULL, 0);
	no_error(c);
	sc = TAILQ_FIRST(&c->services);
	ck_assert_str_eq(sc->name, "sh");
	ck_assert_uint_eq(sc->listen.n, 2);
	ck_assert_uint_eq(sc->exec.n, 4);
	ck_assert_str_eq(sc->exec.v[0].text, "/bin/sh");
	ck_assert_str_eq(sc->exec.v[2].text, "${x}");
	ck_assert_str_eq(sc->exec.v[3].text, "");
	config_free(c);
}
END_TEST

START_TEST(makes_the_path_of_a_program_absolute)
{
	static const char *const argv[] = { "bin/../bin/sh" };
	struct config *c;

	ck_assert_int_eq(chdir("/usr"), 0);
	c = load_service(argv, COUNT(argv), NULL, 0);
	no_error(c);
	ck_assert_str_eq(TAILQ_FIRST(&c->services)->exec.v[0].text,
	    "/usr/bin/../bin/sh");
	config_free(c);
}
END_TEST

START_TEST(says_that_a_program_is_missing)
{
	static const char *const gone[] = { "no-such-program" };
	static const char *const plain[] = { "/etc/passwd" };

	one_error(load_service(gone, COUNT(gone), NULL, 0),
	    "tined: no-such-program: not found in PATH");
	one_error(load_service(plain, COUNT(plain), NULL, 0),
	    "tined: exec: /etc/passwd: not executable");
}
END_TEST

START_TEST(makes_a_name_of_any_program)
{
	char dir[] = "/tmp/tined-name.XXXXXX", path[64];
	const char *argv[] = { path };
	struct config *c;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a b\nc", dir);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755));
	c = load_service(argv, 1, NULL, 0);
	unlink(path);
	rmdir(dir);
	no_error(c);
	ck_assert_str_eq(TAILQ_FIRST(&c->services)->name, "a_b_c");
	config_free(c);
}
END_TEST

START_TEST(sets_global_and_service_directives_by_option)
{
	static const char *const argv[] = { "/bin/sh" };
	static const char *const set[] = { "log_level=debug",
		"only_from={\"10.0.0.0/8\", ::1}", "only_from+=127.0.0.1",
		"cps={3, 9}", "refuse_message=a=b {c}", "instances=5",
		"instances=6", "pid_file=/x" };
	struct config *c = load_service(argv, 1, set, COUNT(set));
	struct service_conf *sc;

	no_error(c);
	sc = TAILQ_FIRST(&c->services);
	ck_assert_uint_eq(c->log_level, LEVEL_DEBUG);
	ck_assert_str_eq(c->pid_file, "/x");
	ck_assert_uint_eq(sc->only_from.n, 3);
	ck_assert_str_eq(sc->only_from.v[1].text, "::1");
	ck_assert_str_eq(sc->only_from.v[2].text, "127.0.0.1");
	ck_assert_str_eq(sc->only_from.v[2].where.file, "-o");
	ck_assert_uint_eq(sc->cps.burst, 9);
	ck_assert_str_eq(sc->refuse_message, "a=b {c}");
	ck_assert_uint_eq(sc->instances, 6);
	config_free(c);
}
END_TEST

/* A text of so many bytes behind the beginning. */
static const char *
long_text(const char *begin, size_t size)
{
	static char text[200000];

	memset(text, 'x', sizeof(text));
	memcpy(text, begin, strlen(begin));
	text[strlen(begin) + size] = '\0';
	return text;
}

START_TEST(refuses_what_would_be_cut_or_fail_for_each_client)
{
	static const char *argv[] = { "/bin/sh", NULL };
	struct config *c;

	c = load_builtin("echo", long_text("refuse_message=", 4096));
	no_error(c);
	config_free(c);
	one_error(load_builtin("echo", long_text("refuse_message=", 4097)),
	    "tined: -o refuse_message: longer than 4096 bytes, which a client "
	    "might not get");
	argv[1] = long_text("", 131071);
	c = load_service(argv, 2, NULL, 0);
	no_error(c);
	config_free(c);
	argv[1] = long_text("", 131072);
	one_error(load_service(argv, 2, NULL, 0),
	    "tined: exec: longer than 131071 bytes, which no program can be "
	    "given");
}
END_TEST

START_TEST(says_which_option_is_wrong)
{
	one_error(load_builtin("echo", "instances"),
	    "tined: -o instances: must be directive=value");
	one_error(load_builtin("echo", "instance=3"),
	    "tined: -o instance: unknown directive (instances?)");
	one_error(load_builtin("echo", "=3"), "tined: -o : unknown directive");
	one_error(load_builtin("echo", "instances=0"),
	    "tined: -o instances: 0: must be 1 to 65536");
	one_error(load_builtin("echo", "log_level=loud"),
	    "tined: -o log_level: loud: must be error, warning, notice, info "
	    "or debug");
	one_error(load_builtin("echo", "user=no-such-user"),
	    "tined: -o user: no-such-user: no such user");
	one_error(load_builtin("echo", "cps={1, 2"),
	    "tined: -o unexpected end");
	one_error(load_builtin("echo", "listen=x"),
	    "tined: -o listen: x: no port: write host:port");
}
END_TEST

START_TEST(says_which_address_is_wrong)
{
	static const char *const listen[] = { "127.0.0.1:0", "nowhere" };
	struct config_source src = {
		.listen = listen, .nlisten = 2, .builtin = "echo"
	};

	one_error(load_config(&src, &errors),
	    "tined: -l nowhere: no port: write host:port");
}
END_TEST

START_TEST(refuses_options_of_services_with_a_file)
{
	const char *const set[] = { "instances=3" };
	struct config_source src = { .embedded = true, .set = set, .nset = 1 };

	one_error(load_config(&src, &errors),
	    "tined: -o instances: only with -l; in a file it is set in "
	    "each service");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, names_a_service_after_its_builtin);
	tcase_add_test(tc, names_a_service_after_its_program);
	tcase_add_test(tc, makes_the_path_of_a_program_absolute);
	tcase_add_test(tc, says_that_a_program_is_missing);
	tcase_add_test(tc, makes_a_name_of_any_program);
	tcase_add_test(tc, sets_global_and_service_directives_by_option);
	tcase_add_test(tc, refuses_what_would_be_cut_or_fail_for_each_client);
	tcase_add_test(tc, says_which_option_is_wrong);
	tcase_add_test(tc, says_which_address_is_wrong);
	tcase_add_test(tc, refuses_options_of_services_with_a_file);
}

int
main(void)
{
	return runner_main("config_line", add);
}
