/* SPDX-License-Identifier: ISC */
/*
 * What would be cut, or fail for each client, because the system takes no more.
 */
#include "config.h"

#include <sys/resource.h>

#include <string.h>

#include "config/checks.h"

/* What a socket takes at once, however short of memory the system is. */
#define REFUSE_MESSAGE_MAX 4096

/* execve(2): of one string, where pages have 4 KiB; of all of them, however
 * large the stack may be; and what each connection adds. */
#define ARGUMENT_MAX  131071
#define ARGUMENTS_MAX (6u << 20)
#define CONNECTION    8192

/* What argument and environment strings may have in all. */
static size_t
most_in_all(void)
{
	struct rlimit rl;
	size_t most = ARGUMENTS_MAX;

	if (getrlimit(RLIMIT_STACK, &rl) == 0 && rl.rlim_cur / 4 < most)
		most = rl.rlim_cur / 4;
	return most > CONNECTION ? most - CONNECTION : 0;
}

static void
check_strings(const struct checked *c, const char *directive,
    const struct list *l, size_t *total)
{
	size_t i, len;

	for (i = 0; i < l->n; i++) {
		len = strlen(l->v[i].text);
		*total += len + 1 + sizeof(char *);
		if (len > ARGUMENT_MAX)
			checks_complain(c, directive, i,
			    "longer than %d bytes, which no program can be "
			    "given",
			    ARGUMENT_MAX);
	}
}

void
check_sizes(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	size_t total = 0;

	if (sc->refuse_message != NULL &&
	    strlen(sc->refuse_message) > REFUSE_MESSAGE_MAX)
		checks_complain(c, "refuse_message", 0,
		    "longer than %d bytes, which a client might not get",
		    REFUSE_MESSAGE_MAX);
	check_strings(c, "exec", &sc->exec, &total);
	check_strings(c, "environment", &sc->environment, &total);
	if (sc->exec.n > 0 && total > most_in_all())
		checks_complain(c, "exec", 0,
		    "arguments and environment have more than %zu bytes, which "
		    "no program can be given",
		    most_in_all());
}
