/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/compile.h"
#include "config/conf.h"
#include "runner.h"
#include "main/load.h"

#define SET_MAX 16

static struct config *config;
static struct failure error;
static const struct settings *settings;

/* The settings of a service set like this from the command line. */
static void
make(const char *builtin, const char *const *set, size_t nset)
{
	static const char *const listen[] = { "127.0.0.1:0" };
	static const char *const argv[] = { "/bin/cat", "-u" };
	const struct config_source src = { .foreground = true,
		.hosts = HOSTS_NEEDED,
		.set = set,
		.nset = nset,
		.listen = listen,
		.nlisten = 1,
		.builtin = builtin,
		.argv = argv,
		.nargv = builtin == NULL ? 2 : 0 };
	struct errors errors = { .n = 0 };
	const char *why = NULL;
	int fd;

	config = load_config(&src, &errors);
	ck_assert_msg(config != NULL, "%s",
	    errors.n > 0 ? errors.v[0].text : "");
	errors_free(&errors);
	fd = compile_settings(config, TAILQ_FIRST(&config->services), NULL, 0,
	    &error);
	if (fd == -1)
		return;
	settings = settings_map(fd, &why);
	ck_assert_msg(settings != NULL, "%s", why);
	close(fd);
}

static bool
has_item(struct settings_ref list, const char *text)
{
	uint32_t i;

	for (i = 0; i < list.count; i++)
		if (strcmp(settings_item(settings, list, i), text) == 0)
			return true;
	return false;
}

#define MAKE(builtin, ...)                                                     \
	do {                                                                   \
		static const char *const set_[] = { __VA_ARGS__ };             \
		make(builtin, set_, sizeof(set_) / sizeof(set_[0]));           \
	} while (0)

static void
teardown(void)
{
	config_free(config);
}

START_TEST(holds_what_the_configuration_says)
{
	MAKE("echo", "instances=7", "per_source=3", "idle_timeout=5s",
	    "max_time=1m", "cps={10, 20}", "when_full=refuse",
	    "refuse_message=no", "drain_timeout=9s", "source_prefix_v4=24");
	ck_assert_str_eq(settings->version, settings_version());
	ck_assert_str_eq(settings->service, "echo");
	ck_assert_int_eq(settings->builtin, BUILTIN_echo);
	ck_assert_uint_eq(settings->instances, 7);
	ck_assert_uint_eq(settings->per_source, 3);
	ck_assert_uint_eq(settings->prefix_v4, 24);
	ck_assert_uint_eq(settings->prefix_v6, 64);
	ck_assert_int_eq(settings->idle_ms, 5000);
	ck_assert_int_eq(settings->max_ms, 60000);
	ck_assert_int_eq(settings->drain_ms, 9000);
	ck_assert_uint_eq(settings->cps.rate, 10);
	ck_assert_uint_eq(settings->cps.burst, 20);
	ck_assert_uint_eq(settings->when_full, WHEN_FULL_REFUSE);
	ck_assert_uint_ge(settings->refuse_message.count, 2);
	ck_assert_mem_eq(settings_bytes(settings, settings->refuse_message),
	    "no", 2);
	ck_assert_uint_eq(settings->access_default, 1);
	ck_assert_uint_eq(settings->argv.count, 0);
}
END_TEST

START_TEST(holds_the_program_and_its_environment)
{
	setenv("PASSED", "on", 1);
	setenv("LANG", "xx", 1);
	setenv("NOTIFY_SOCKET", "/secret", 1);
	/* The default user of root is another; without root no other is possible. */
	if (geteuid() == 0)
		MAKE(NULL, "user=root", "environment={\"A=1\", \"LANG=C\"}",
		    "pass_environment={\"PASSED\", \"LANG\", \"MISSING\"}");
	else
		MAKE(NULL, "environment={\"A=1\", \"LANG=C\"}",
		    "pass_environment={\"PASSED\", \"LANG\", \"MISSING\"}");
	ck_assert_int_eq(settings->builtin, BUILTIN_NONE);
	ck_assert_str_eq(settings_item(settings, settings->argv, 0),
	    "/bin/cat");
	ck_assert_str_eq(settings_item(settings, settings->argv, 1), "-u");
	ck_assert(has_item(settings->env, "A=1"));
	ck_assert(has_item(settings->env, "LANG=C"));
	ck_assert(!has_item(settings->env, "LANG=xx"));
	ck_assert(has_item(settings->env, "PASSED=on"));
	ck_assert(has_item(settings->env, "TINED_SERVICE=cat"));
	/* And PATH: nothing else. */
	ck_assert_uint_eq(settings->env.count, 5);
}
END_TEST

START_TEST(sorts_the_access_rules)
{
	const struct settings_access *rule;

	MAKE("echo", "only_from={\"10.0.0.0/8\", \"10.1.2.3\"}",
	    "no_access={\"10.1.0.0/16\"}");
	ck_assert_uint_eq(settings->access_default, 0);
	ck_assert_uint_eq(settings->access.count, 3);
	rule = settings_bytes(settings, settings->access);
	ck_assert_uint_eq(rule[0].net.bits, 32);
	ck_assert_uint_eq(rule[0].allow, 1);
	ck_assert_uint_eq(rule[1].net.bits, 16);
	ck_assert_uint_eq(rule[1].allow, 0);
	ck_assert_uint_eq(rule[2].net.bits, 8);
}
END_TEST

START_TEST(says_which_host_it_cannot_look_up)
{
	MAKE("echo", "only_from={\"no-such-host.invalid\"}");
	ck_assert_ptr_null(settings);
	ck_assert_int_eq(error.exit_code, EX_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(error.text, "echo: no-such-host.invalid"));
}
END_TEST

START_TEST(cuts_an_error_that_is_too_long)
{
	char text[2 * sizeof(error.text)];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(errors_fail(&error, EX_NOPERM, "%s", text), -1);
	ck_assert_int_eq(error.exit_code, EX_NOPERM);
	ck_assert_uint_eq(strlen(error.text), sizeof(error.text) - 1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, holds_what_the_configuration_says);
	tcase_add_test(tc, holds_the_program_and_its_environment);
	tcase_add_test(tc, sorts_the_access_rules);
	tcase_add_test(tc, says_which_host_it_cannot_look_up);
	tcase_add_test(tc, cuts_an_error_that_is_too_long);
}

int
main(void)
{
	return runner_main("compile", add);
}
