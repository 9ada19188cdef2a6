/* SPDX-License-Identifier: ISC */
/*
 * config_load in its three forms: a file, the built-in default, one service
 * from the command line.
 */
#include "config.h"

#include <sys/stat.h>

#include <bsd/stdlib.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/conf/conf.h"
#include "main/conf/directive.h"
#include "runner.h"

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

static struct errors errors;

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

	return config_load(&src, &errors);
}

static struct config *
load_builtin(const char *builtin, const char *set)
{
	static const char *const listen[] = { "127.0.0.1:0" };
	struct config_source src = {
		.foreground = true,
		.listen = listen,
		.nlisten = COUNT(listen),
		.builtin = builtin,
		.set = &set,
		.nset = set == NULL ? 0 : 1,
	};

	return config_load(&src, &errors);
}

static struct config *
load_text(const char *text)
{
	char name[] = "/tmp/tined-config.XXXXXX";
	struct config_source src = { .file = name };
	struct config *c;
	int fd = mkstemp(name);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	c = config_load(&src, &errors);
	unlink(name);
	return c;
}

static void
one_error(const struct config *c, const char *expected)
{
	ck_assert_ptr_null(c);
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_str_eq(errors.v[0], expected);
	errors_free(&errors);
}

static void
no_error(const struct config *c)
{
	if (errors.n > 0)
		ck_abort_msg("%s", errors.v[0]);
	ck_assert_ptr_nonnull(c);
}

START_TEST(serves_echo_and_whoami_by_itself)
{
	struct config_source src = { .embedded = true, .foreground = true };
	struct config *c = config_load(&src, &errors);
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

START_TEST(names_a_service_after_its_builtin)
{
	struct config *c = load_builtin("time", NULL);

	no_error(c);
	ck_assert_str_eq(TAILQ_FIRST(&c->services)->name, "time");
	ck_assert_int_eq(TAILQ_FIRST(&c->services)->builtin, BUILTIN_time);
	config_free(c);
	one_error(load_builtin("tim", NULL),
	    "tined: -s tim: no such built-in service (chargen, daytime, "
	    "discard, echo, time, whoami)");
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
	    "tined: -o section without its closing brace }");
	one_error(load_builtin("echo", "listen=x"),
	    "tined: -o listen: x: no port");
}
END_TEST

START_TEST(says_which_address_is_wrong)
{
	static const char *const listen[] = { "127.0.0.1:0", "nowhere" };
	struct config_source src = {
		.listen = listen, .nlisten = 2, .builtin = "echo"
	};

	one_error(config_load(&src, &errors), "tined: -l nowhere: no port");
}
END_TEST

START_TEST(refuses_options_of_services_with_a_file)
{
	const char *const set[] = { "instances=3" };
	struct config_source src = { .embedded = true, .set = set, .nset = 1 };

	one_error(config_load(&src, &errors),
	    "tined: -o instances: only with -l: a file says it for each "
	    "service");
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
	ck_assert_ptr_nonnull(strstr(errors.v[0],
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

	ck_assert(service_same(TAILQ_FIRST(&a->services),
	    TAILQ_FIRST(&b->services)));
	ck_assert(!service_same(TAILQ_FIRST(&a->services),
	    TAILQ_FIRST(&c->services)));
	config_free(a);
	config_free(b);
	config_free(c);
}
END_TEST

START_TEST(reads_well_after_any_broken_file)
{
	static const char *const broken[] = { "pid_file = \"x", "/* x",
		"service a { listen = 'x", "pid_file = \"${x", "}", "{", "=",
		"pid_file = \"\\9\"", "pid_file = {\"a\",", "include(\"x",
		"include('/dev/null')", "\"a\\", "pid_file = ${", "a b c",
		"service a { builtin = \"echo\" = }" };
	struct config *c;
	size_t i;

	for (i = 0; i < 20 * COUNT(broken); i++) {
		ck_assert_ptr_null(load_text(broken[i % COUNT(broken)]));
		ck_assert_uint_gt(errors.n, 0);
		errors_free(&errors);
		c = load_text("\nservice a { listen=':0' builtin=echo }");
		no_error(c);
		ck_assert_int_eq(TAILQ_FIRST(&c->services)->where.line, 2);
		config_free(c);
	}
}
END_TEST

START_TEST(leaves_no_descriptor_open)
{
	int before = dup(0), after;

	close(before);
	config_free(load_text("include('/no')"));
	config_free(load_text("include('/etc/passwd') include('/tmp')"));
	errors_free(&errors);
	after = dup(0);
	ck_assert_int_eq(before, after);
	close(after);
}
END_TEST

START_TEST(takes_a_megabyte_of_garbage)
{
	size_t size = 1 << 20, i;
	char *text = malloc(size + 2);

	for (i = 0; i < size; i++)
		text[i] = "abc {}=,()\n"[arc4random_uniform(11)];
	text[0] = '=';
	text[size] = '\0';
	ck_assert_ptr_null(load_text(text));
	ck_assert_uint_gt(errors.n, 0);
	errors_free(&errors);
	text[size] = ' ';
	text[size + 1] = '\0';
	ck_assert_ptr_null(load_text(text));
	ck_assert_ptr_nonnull(strstr(errors.v[0], ":1: larger than 1 MiB"));
	errors_free(&errors);
	free(text);
}
END_TEST

START_TEST(an_error_is_one_line_whatever_it_quotes)
{
	ck_assert_ptr_null(load_text(
	    "service a { listen = \"a\\nb\\033[2J\" builtin = echo }"));
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_ptr_nonnull(strstr(errors.v[0],
	    ":1: listen: a\\nb\\033[2J: "));
	errors_free(&errors);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, serves_echo_and_whoami_by_itself);
	tcase_add_test(tc, names_a_service_after_its_builtin);
	tcase_add_test(tc, names_a_service_after_its_program);
	tcase_add_test(tc, makes_the_path_of_a_program_absolute);
	tcase_add_test(tc, says_that_a_program_is_missing);
	tcase_add_test(tc, makes_a_name_of_any_program);
	tcase_add_test(tc, sets_global_and_service_directives_by_option);
	tcase_add_test(tc, says_which_option_is_wrong);
	tcase_add_test(tc, says_which_address_is_wrong);
	tcase_add_test(tc, refuses_options_of_services_with_a_file);
	tcase_add_test(tc, remembers_where_each_item_stands);
	tcase_add_test(tc, never_serves_as_root_by_default);
	tcase_add_test(tc, serves_only_as_itself_without_root);
	tcase_add_test(tc, peer_timeout_is_never_below_idle_timeout);
	tcase_add_test(tc, pid_file_has_a_default_only_in_the_background);
	tcase_add_test(tc, looks_for_programs_inside_chroot);
	tcase_add_test(tc, tells_a_changed_service_from_an_unchanged_one);
	tcase_add_test(tc, reads_well_after_any_broken_file);
	tcase_add_test(tc, leaves_no_descriptor_open);
	tcase_add_test(tc, takes_a_megabyte_of_garbage);
	tcase_add_test(tc, an_error_is_one_line_whatever_it_quotes);
}

int
main(void)
{
	return runner_main("config", add);
}
