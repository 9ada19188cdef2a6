/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>

#include "base/io.h"
#include "config/dump.h"
#include "config/value.h"

static void
dump_members(struct buf *t, enum scope scope, const void *conf)
{
	const struct directive *rows;
	size_t i, n;

	rows = directive_rows(scope, &n);
	for (i = 0; i < n; i++) {
		if (scope == SCOPE_SERVICE)
			buf_char(t, '\t');
		buf_str(t, rows[i].name);
		buf_str(t, " = ");
		value_print(t, &rows[i], conf);
		buf_char(t, '\n');
	}
}

int
dump_config(const struct config *c, int fd)
{
	const struct service_conf *sc;
	struct buf t = { 0 };
	int result;

	dump_members(&t, SCOPE_GLOBAL, c);
	TAILQ_FOREACH (sc, &c->services, entry) {
		buf_str(&t, "\nservice ");
		buf_str(&t, sc->name);
		buf_str(&t, " {\n");
		dump_members(&t, SCOPE_SERVICE, sc);
		buf_str(&t, "}\n");
	}
	result = io_write_all(fd, t.s, t.len);
	free(t.s);
	return result;
}
