/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/conf.h"
#include "main/explain.h"
#include "main/load.h"
#include "runner.h"

static char said[4096];

/* The output of --explain for a service with these settings. */
static int
ask(const char *const *set, size_t nset, const char *service,
    const char *address)
{
	static const char *const listen[] = { "127.0.0.1:0" };
	const struct config_source src = { .foreground = true,
		.hosts = HOSTS_NEEDED,
		.set = set,
		.nset = nset,
		.listen = listen,
		.nlisten = 1,
		.builtin = "echo" };
	struct errors errors = { .n = 0 };
	struct config *c = load_config(&src, &errors);
	FILE *out = tmpfile();
	int saved, status;
	size_t n;

	ck_assert_msg(c != NULL, "%s", errors.n > 0 ? errors.v[0].text : "");
	errors_free(&errors);
	fflush(stdout);
	saved = dup(1);
	dup2(fileno(out), 1);
	status = explain(c, service, address);
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	rewind(out);
	n = fread(said, 1, sizeof(said) - 1, out);
	said[n] = '\0';
	fclose(out);
	config_free(c);
	return status;
}

static const char *const rules[] = { "only_from={\"10.0.0.0/8\"}",
	"no_access={\"10.1.0.0/16\"}", "per_source=9", "source_prefix_v4=24" };

static void
says(const char *text)
{
	ck_assert_msg(strstr(said, text) != NULL, "no `%s` in: %s", text, said);
}

START_TEST(says_who_is_accepted_and_why)
{
	ck_assert_int_eq(ask(rules, 4, "echo", "10.2.3.4"), 0);
	says("echo: a connection from 10.2.3.4 is accepted\n");
	says("only_from 10.0.0.0/8");
	says("counted as: 10.2.3.0/24, per_source 9\n");
	says("built-in echo");
}
END_TEST

START_TEST(says_who_is_refused_and_why)
{
	ck_assert_int_eq(ask(rules, 4, "echo", "10.1.2.3"), 0);
	says("echo: a connection from 10.1.2.3 is refused\n");
	says("no_access 10.1.0.0/16");
	ck_assert_ptr_null(strstr(said, "counted as"));
}
END_TEST

START_TEST(says_that_no_rule_names_it)
{
	ck_assert_int_eq(ask(rules, 4, "echo", "2001:db8::1"), 0);
	says("is refused\n");
	says("not in only_from");
	ck_assert_int_eq(ask(rules, 0, "echo", "2001:db8::1"), 0);
	says("is accepted\n");
	says("no rule matches");
	says("counted as: 2001:db8::/64");
}
END_TEST

START_TEST(takes_a_mapped_address_for_ipv4)
{
	ck_assert_int_eq(ask(rules, 4, "echo", "::ffff:10.2.3.4"), 0);
	says("is accepted\n");
	says("counted as: 10.2.3.0/24");
}
END_TEST

START_TEST(refuses_what_it_does_not_know)
{
	ck_assert_int_eq(ask(rules, 4, "git", "10.2.3.4"), EX_USAGE);
	ck_assert_int_eq(ask(rules, 4, "echo", "10.2.3"), EX_USAGE);
	ck_assert_int_eq(ask(rules, 4, "echo", "localhost"), EX_USAGE);
	ck_assert_str_eq(said, "");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, says_who_is_accepted_and_why);
	tcase_add_test(tc, says_who_is_refused_and_why);
	tcase_add_test(tc, says_that_no_rule_names_it);
	tcase_add_test(tc, takes_a_mapped_address_for_ipv4);
	tcase_add_test(tc, refuses_what_it_does_not_know);
}

int
main(void)
{
	return runner_main("explain", add);
}
