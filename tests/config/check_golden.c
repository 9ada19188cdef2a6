/* SPDX-License-Identifier: ISC */
/*
 * The golden configurations: each tests/golden/NAME.conf must give exactly
 * NAME.out (what -T prints) or NAME.err (all its errors).  `--update` writes
 * what it gives now; read the difference before you commit it.
 *
 * Names that begin with root- are for root alone.  The user that the services
 * get where none is named stands as AUTO.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <err.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "config/conf.h"
#include "config/directive.h"
#include "config/print.h"
#include "config/file.h"
#include "runner.h"
#include "main/load.h"

static glob_t configurations;

/* Also used outside of a test, where ck_assert cannot be. */
static void
require(bool condition, const char *what)
{
	if (!condition)
		err(EXIT_FAILURE, "%s", what);
}

static struct config *
load(const char *file, struct errors *errors)
{
	struct config_source src = { .file = file, .foreground = true };

	return load_config(&src, errors);
}

/* The user in effect where none is named. */
static char *
auto_user(void)
{
	struct config_source src = { .embedded = true, .foreground = true };
	struct errors errors = { 0 };
	struct config *c = load_config(&src, &errors);
	char *user;

	require(c != NULL, "built-in default");
	user = mem_strdup(TAILQ_FIRST(&c->services)->user);
	config_free(c);
	errors_free(&errors);
	return user;
}

static char *
replace_user(const char *text)
{
	char *user = auto_user();
	char *line = mem_printf("\tuser = \"%s\"\n", user);
	struct buf out = { 0 };
	const char *hit;

	while ((hit = strstr(text, line)) != NULL) {
		buf_add(&out, text, (size_t)(hit - text));
		buf_str(&out, "\tuser = \"AUTO\"\n");
		text = hit + strlen(line);
	}
	buf_str(&out, text);
	free(line);
	free(user);
	return buf_string(&out);
}

static char *
dump(const struct config *c)
{
	struct stat st;
	char *text;
	int fd;

	fd = memfd_create("dump", MFD_CLOEXEC);
	require(fd != -1, "memfd_create");
	print_config(c, fd);
	require(fstat(fd, &st) == 0, "fstat");
	text = mem_array((size_t)st.st_size + 1, 1);
	require(lseek(fd, 0, SEEK_SET) == 0, "lseek");
	require(io_read_all(fd, text, (size_t)st.st_size) == st.st_size,
	    "read");
	close(fd);
	return text;
}

/* Each complaint as a line behind prefix. */
static char *
lines(const struct errors *errors, const char *prefix)
{
	struct buf t = { 0 };
	size_t i;

	for (i = 0; i < errors->n; i++) {
		require(strchr(errors->v[i].text, '\n') == NULL,
		    errors->v[i].text);
		buf_str(&t, prefix);
		buf_str(&t, errors->v[i].text);
		buf_char(&t, '\n');
	}
	return buf_string(&t);
}

/* What a configuration gives, and the end of the name of what it should:
 * mistakes alone, or warnings as comments and what is in effect. */
static char *
result(const char *file, const char **suffix)
{
	struct errors errors = { 0 };
	struct config *c = load(file, &errors);
	char *said, *text, *replaced, *both;

	*suffix = c == NULL ? "err" : "out";
	said = lines(&errors, c == NULL ? "" : "# ");
	errors_free(&errors);
	if (c == NULL)
		return said;
	text = dump(c);
	config_free(c);
	replaced = replace_user(text);
	both = mem_printf("%s%s", said, replaced);
	free(said);
	free(text);
	free(replaced);
	return both;
}

static char *
golden_name(const char *file, const char *suffix)
{
	return mem_printf("%.*s%s", (int)(strlen(file) - strlen("conf")), file,
	    suffix);
}

static bool
for_root(const char *file)
{
	return strncmp(file, "root-", strlen("root-")) == 0;
}

static char *
golden(const char *file, const char *suffix)
{
	char *name = golden_name(file, suffix), *text;
	struct file f = { .includer = NULL };
	const char *why;
	size_t len;

	text = file_read(name, &f, &len, &why);
	free(name);
	return text;
}

/* The line of a that is the first one to differ from b's. */
static const char *
first_difference(const char *a, const char *b)
{
	const char *line = a;

	for (; *a != '\0' && *a == *b; a++, b++)
		if (*a == '\n')
			line = a + 1;
	return line;
}

START_TEST(gives_what_the_golden_file_says)
{
	const char *file = configurations.gl_pathv[_i], *suffix;
	char *is, *should;

	if (for_root(file) && geteuid() != 0)
		return;
	is = result(file, &suffix);
	should = golden(file, suffix);
	if (should == NULL)
		ck_abort_msg("%s has no .%s", file, suffix);
	else if (strcmp(is, should) != 0)
		ck_abort_msg("%s does not give its .%s but: %.200s", file,
		    suffix, first_difference(is, should));
	free(is);
	free(should);
}
END_TEST

static void
write_file(const char *name, const char *text)
{
	FILE *fp = fopen(name, "w");

	require(fp != NULL && fputs(text, fp) >= 0 && fclose(fp) == 0, name);
}

START_TEST(dumps_what_reads_back_to_itself)
{
	const char *file = configurations.gl_pathv[_i];
	char name[] = "/tmp/tined-golden.XXXXXX";
	struct errors errors = { 0 };
	struct config *c, *again;
	char *text, *text_again;

	c = load(file, &errors);
	errors_free(&errors);
	if (c == NULL)
		return;
	text = dump(c);
	close(mkstemp(name));
	write_file(name, text);
	again = load(name, &errors);
	unlink(name);
	if (again == NULL)
		ck_abort_msg("%s: %s", file, errors.v[0].text);
	errors_free(&errors);
	text_again = dump(again);
	ck_assert_str_eq(text, text_again);
	free(text);
	free(text_again);
	config_free(c);
	config_free(again);
}
END_TEST

/* All golden files of one kind, one after the other. */
static char *
all(const char *suffix)
{
	struct buf t = { 0 };
	size_t i;
	char *text;

	for (i = 0; i < configurations.gl_pathc; i++) {
		text = golden(configurations.gl_pathv[i], suffix);
		if (text != NULL)
			buf_str(&t, text);
		free(text);
	}
	return buf_string(&t);
}

/* Whether a line sets the directive to something that is not its default. */
static bool
sets_otherwise(const char *out, const struct directive *d)
{
	const char *def = d->def[0] != '\0' ? d->def :
	    d->type == TYPE_STRING          ? "\"\"" :
					      "{}";
	char *line = mem_printf("%s = ", d->name);
	char *same = mem_printf("%s = %s\n", d->name, def);
	bool found = false;
	const char *p;

	for (p = out; !found && (p = strstr(p, line)) != NULL; p++)
		found = (p[-1] == '\t' || p[-1] == '\n') &&
		    strncmp(p, same, strlen(same)) != 0;
	free(line);
	free(same);
	return found;
}

static void
check_covered(enum scope scope, const char *out, const char *err)
{
	const struct directive *rows;
	char *complaint;
	size_t i, n;

	rows = directive_rows(scope, &n);
	for (i = 0; i < n; i++) {
		if (!sets_otherwise(out, &rows[i]))
			ck_abort_msg("%s: never set right", rows[i].name);
		complaint = mem_printf(": %s: ", rows[i].name);
		if (strstr(err, complaint) == NULL)
			ck_abort_msg("%s: never set wrong", rows[i].name);
		free(complaint);
	}
}

START_TEST(every_directive_is_set_right_and_wrong_somewhere)
{
	char *out = all("out"), *err = all("err");
	char *text = mem_printf("\n%s", out);

	check_covered(SCOPE_GLOBAL, text, err);
	check_covered(SCOPE_SERVICE, text, err);
	free(text);
	free(out);
	free(err);
}
END_TEST

static void
add(TCase *tc)
{
	int n = (int)configurations.gl_pathc;

	tcase_add_loop_test(tc, gives_what_the_golden_file_says, 0, n);
	tcase_add_loop_test(tc, dumps_what_reads_back_to_itself, 0, n);
	tcase_add_test(tc, every_directive_is_set_right_and_wrong_somewhere);
}

static void
update(void)
{
	const char *file, *suffix;
	char *text, *name;
	size_t i;

	for (i = 0; i < configurations.gl_pathc; i++) {
		file = configurations.gl_pathv[i];
		if (for_root(file) && geteuid() != 0)
			continue;
		text = result(file, &suffix);
		name = golden_name(file, "out");
		unlink(name);
		free(name);
		name = golden_name(file, "err");
		unlink(name);
		free(name);
		name = golden_name(file, suffix);
		write_file(name, text);
		free(name);
		free(text);
	}
}

int
main(int argc, char **argv)
{
	const char *top = getenv("abs_top_srcdir");

	if ((top != NULL && chdir(top) == -1) || chdir("tests/golden") == -1 ||
	    glob("*.conf", 0, NULL, &configurations) != 0) {
		perror("tests/golden");
		return EXIT_FAILURE;
	}
	unsetenv("TINED_GOLDEN_UNSET");
	if (argc == 2 && strcmp(argv[1], "--update") == 0) {
		update();
		return EXIT_SUCCESS;
	}
	return runner_main("golden", add);
}
