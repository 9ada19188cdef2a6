/* SPDX-License-Identifier: ISC */
/* Short ways to load a configuration. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/loading.h"
#include "runner.h"
#include "main/load.h"

struct errors errors;

struct config *
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

	return load_config(&src, &errors);
}

struct config *
load_text(const char *text)
{
	char name[] = "/tmp/tined-config.XXXXXX";
	struct config_source src = { .file = name };
	struct config *c;
	int fd = mkstemp(name);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	c = load_config(&src, &errors);
	unlink(name);
	return c;
}

void
one_error(const struct config *c, const char *expected)
{
	ck_assert_ptr_null(c);
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_str_eq(errors.v[0].text, expected);
	errors_free(&errors);
}

void
no_error(const struct config *c)
{
	if (errors.n > 0)
		ck_abort_msg("%s", errors.v[0].text);
	ck_assert_ptr_nonnull(c);
}
