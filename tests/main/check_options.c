/* SPDX-License-Identifier: ISC */
/*
 * The command line of tined.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "main/help.h"
#include "main/options.h"
#include "runner.h"

#define WORDS_MAX 16

static struct options o;
static char words[WORDS_MAX][64];
static char *argv[WORDS_MAX + 1];

/* Reads the command line of `tined` and these arguments. */
static int
read_line(const char *line)
{
	const char *p = line;
	int argc = 1;

	snprintf(words[0], sizeof(words[0]), "tined");
	while (*p != '\0') {
		size_t len = strcspn(p, " ");

		ck_assert_int_lt(argc, WORDS_MAX);
		ck_assert_uint_lt(len, sizeof(words[0]));
		memcpy(words[argc], p, len);
		words[argc++][len] = '\0';
		p += len + strspn(p + len, " ");
	}
	for (int i = 0; i < argc; i++)
		argv[i] = words[i];
	argv[argc] = NULL;
	return options_read(&o, argc, argv);
}

static void
takes(const char *line)
{
	if (read_line(line) != 0)
		ck_abort_msg("%s: %s", line, o.error);
}

static void
refuses(const char *line, const char *why)
{
	ck_assert_int_eq(read_line(line), EX_USAGE);
	ck_assert_str_eq(o.error, why);
	options_free(&o);
}

START_TEST(reads_the_mode)
{
	static const struct {
		const char *line;
		enum mode mode;
	} rows[] = { { "-f", MODE_RUN }, { "-t", MODE_TEST },
		{ "-T", MODE_DUMP }, { "-tT", MODE_DUMP }, { "-Tt", MODE_DUMP },
		{ "--test", MODE_TEST }, { "--dump", MODE_DUMP },
		{ "-V", MODE_VERSION }, { "--version", MODE_VERSION },
		{ "-h", MODE_HELP }, { "--help --nonsense", MODE_HELP },
		{ "--explain a,::1", MODE_EXPLAIN } };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		takes(rows[i].line);
		ck_assert_uint_eq(o.mode, rows[i].mode);
		options_free(&o);
	}
}
END_TEST

START_TEST(reads_a_file_and_where_to_say_ready)
{
	takes("-f -c /x.conf -r 1 -p /x.pid");
	ck_assert(o.foreground);
	ck_assert(o.source.foreground);
	ck_assert_str_eq(o.source.file, "/x.conf");
	ck_assert(!o.source.embedded);
	ck_assert_int_eq(o.ready_fd, 1);
	ck_assert_str_eq(o.pid_file, "/x.pid");
	ck_assert_uint_eq(o.source.nset, 1);
	ck_assert_str_eq(o.source.set[0], "pid_file=/x.pid");
	options_free(&o);
	takes("--config=/x.conf --ready-fd=2 --pid-file /x.pid");
	ck_assert(!o.foreground);
	ck_assert_str_eq(o.source.file, "/x.conf");
	ck_assert_int_eq(o.ready_fd, 2);
	options_free(&o);
}
END_TEST

START_TEST(makes_absolute_what_a_daemon_reads_again)
{
	ck_assert_int_eq(chdir("/usr"), 0);
	takes("-c x.conf -p x.pid");
	ck_assert_str_eq(o.source.file, "/usr/x.conf");
	ck_assert_str_eq(o.pid_file, "/usr/x.pid");
	ck_assert_str_eq(o.source.set[0], "pid_file=/usr/x.pid");
	options_free(&o);
	takes("-t -c x.conf");
	ck_assert_str_eq(o.source.file, "x.conf");
	options_free(&o);
	takes("-f -c x.conf");
	ck_assert_str_eq(o.source.file, "x.conf");
	options_free(&o);
	refuses("-f --pid-file=", "-p: an empty name");
}
END_TEST

START_TEST(reads_one_builtin_service)
{
	takes("-f -l :7 -l unix:/x -s echo -o log_level=debug -o cps=3");
	ck_assert_ptr_null(o.source.file);
	ck_assert(!o.source.embedded);
	ck_assert_uint_eq(o.source.nlisten, 2);
	ck_assert_str_eq(o.source.listen[1], "unix:/x");
	ck_assert_str_eq(o.source.builtin, "echo");
	ck_assert_uint_eq(o.source.nset, 2);
	ck_assert_str_eq(o.source.set[1], "cps=3");
	ck_assert_uint_eq(o.source.nargv, 0);
	options_free(&o);
}
END_TEST

START_TEST(leaves_the_options_of_a_program_alone)
{
	takes("-f -l :2323 prog -t -- -x");
	ck_assert_uint_eq(o.mode, MODE_RUN);
	ck_assert_uint_eq(o.source.nargv, 4);
	ck_assert_str_eq(o.source.argv[0], "prog");
	ck_assert_str_eq(o.source.argv[2], "--");
	options_free(&o);
	takes("-f -l :2323 -- -prog -t");
	ck_assert_uint_eq(o.source.nargv, 2);
	ck_assert_str_eq(o.source.argv[0], "-prog");
	options_free(&o);
}
END_TEST

START_TEST(refuses_what_it_does_not_know)
{
	refuses("-x", "-x: unknown option");
	refuses("-fx", "-x: unknown option");
	refuses("--foreground -xf", "-x: unknown option");
	refuses("--frob", "--frob: unknown option");
	refuses("--frob=1", "--frob=1: unknown option");
	refuses("--help=1", "--help: takes no argument");
	refuses("-c", "--config: its argument is missing");
	refuses("--config", "--config: its argument is missing");
	refuses("--explain", "--explain: its argument is missing");
}
END_TEST

START_TEST(refuses_what_does_not_go_together)
{
	refuses("-f -s echo", "-s: needs an address to listen on (-l)");
	refuses("-f prog", "prog: a program needs an address (-l)");
	refuses("-f -l :7", "-l: needs a service (-s) or a program");
	refuses("-f -l :7 -s echo prog",
	    "prog: a program, where -s names a service");
	refuses("-f -l :7 -s echo -s time", "-s: given twice");
	refuses("-f -l :7 -s echo -c x", "-c: not together with -l");
	refuses("-l :7 -s echo", "-l: needs -f");
	refuses("-f -o cps=3", "-o: only together with -l");
	refuses("-c x -o cps=3", "-o: only together with -l");
}
END_TEST

START_TEST(checks_one_service_without_serving_it)
{
	takes("-t -l :7 -s echo");
	options_free(&o);
	takes("-T -l :7 -s echo");
	options_free(&o);
	takes("--explain echo,::1 -l :7 -s echo");
	ck_assert_str_eq(o.explain_service, "echo");
	ck_assert_str_eq(o.explain_address, "::1");
	options_free(&o);
}
END_TEST

START_TEST(refuses_a_descriptor_that_is_not_open)
{
	close(77);
	refuses("-f -r 77", "-r 77: Bad file descriptor");
	refuses("-f -r -1", "-r -1: not a valid file descriptor");
	refuses("-f -r x", "-r x: not a valid file descriptor");
	refuses("-f -r 99999999999",
	    "-r 99999999999: not a valid file descriptor");
}
END_TEST

START_TEST(refuses_an_explanation_of_nothing)
{
	refuses("--explain echo", "--explain echo: must be SERVICE,ADDRESS");
	refuses("--explain ,::1", "--explain ,::1: must be SERVICE,ADDRESS");
	refuses("--explain echo,", "--explain echo,: must be SERVICE,ADDRESS");
}
END_TEST

START_TEST(serves_its_own_default_only_in_the_foreground)
{
	if (access(SYSCONFDIR "/tined/tined.conf", F_OK) == 0)
		return;
	takes("-f");
	ck_assert(o.source.embedded);
	options_free(&o);
	takes("");
	ck_assert(!o.source.embedded);
	ck_assert_str_eq(o.source.file, SYSCONFDIR "/tined/tined.conf");
	options_free(&o);
}
END_TEST

/* The help has every option, and fits 80 columns. */
START_TEST(helps_with_every_option)
{
	static const char *const names[] = { "--config", "--foreground",
		"--test", "--dump", "--explain", "--listen", "--service",
		"--option", "--ready-fd", "--pid-file", "--version", "--help",
		"-c,", "-f,", "-t,", "-T,", "-l,", "-s,", "-o,", "-r,", "-p,",
		"-V,", "-h," };
	char text[8192] = "";
	FILE *fp = fmemopen(text, sizeof(text), "w");
	const char *line;
	size_t i;

	help_options(fp);
	fclose(fp);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_ptr_nonnull(strstr(text, names[i]));
	/* Except the path of the file. */
	line = strstr(text, SYSCONFDIR);
	ck_assert_ptr_nonnull(line);
	memset(text + (line - text), '\n', strlen(SYSCONFDIR));
	for (line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
		ck_assert_uint_le(strcspn(line, "\n"), 80);
}
END_TEST

START_TEST(names_its_version_and_what_is_built_in)
{
	char text[1024] = "";
	FILE *fp = fmemopen(text, sizeof(text), "w");

	help_version(fp);
	fclose(fp);
	ck_assert_ptr_eq(strstr(text, "tined " PACKAGE_VERSION), text);
	ck_assert_ptr_nonnull(strstr(text, "seccomp"));
	ck_assert_ptr_nonnull(strstr(text, "acceptor"));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, reads_the_mode);
	tcase_add_test(tc, reads_a_file_and_where_to_say_ready);
	tcase_add_test(tc, makes_absolute_what_a_daemon_reads_again);
	tcase_add_test(tc, reads_one_builtin_service);
	tcase_add_test(tc, leaves_the_options_of_a_program_alone);
	tcase_add_test(tc, refuses_what_it_does_not_know);
	tcase_add_test(tc, refuses_what_does_not_go_together);
	tcase_add_test(tc, checks_one_service_without_serving_it);
	tcase_add_test(tc, refuses_a_descriptor_that_is_not_open);
	tcase_add_test(tc, refuses_an_explanation_of_nothing);
	tcase_add_test(tc, serves_its_own_default_only_in_the_foreground);
	tcase_add_test(tc, helps_with_every_option);
	tcase_add_test(tc, names_its_version_and_what_is_built_in);
}

int
main(void)
{
	return runner_main("options", add);
}
