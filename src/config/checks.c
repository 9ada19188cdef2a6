/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/checks.h"
#include "config/lookups.h"
#include "config/tree.h"
#include "config/unit.h"
#include "names/names.h"

/* The descriptors of an acceptor: its own, and those of lingering connections
 * (LINGER_MOST in acceptor/linger.h). */
#define OWN_FDS    16
#define LINGER_FDS 1024

/* What a socket takes at once, however short of memory the system is. */
#define REFUSE_MESSAGE_MAX 4096

/* execve(2): of one string, where pages have 4 KiB; of all of them, however
 * large the stack may be; and what each connection adds. */
#define ARGUMENT_MAX  131071
#define ARGUMENTS_MAX (6u << 20)
#define CONNECTION    8192

static const struct setting *
setting_of(const struct checked *c, const char *directive)
{
	return setting_find(c->sc == NULL ? c->config->set : c->sc->set,
	    directive);
}

const struct where *
checks_where(const struct checked *c, const char *directive, size_t item)
{
	const struct list *items = &setting_of(c, directive)->items;

	if (item < items->n)
		return &items->v[item].where;
	return c->sc == NULL ? NULL : &c->sc->where;
}

void
checks_complain(const struct checked *c, const char *directive, size_t item,
    const char *fmt, ...)
{
	char *reason;
	va_list ap;

	va_start(ap, fmt);
	reason = mem_vprintf(fmt, ap);
	va_end(ap);
	errors_add_for(c->errors, checks_where(c, directive, item), directive,
	    reason);
	free(reason);
}

void
checks_refuse(const struct checked *c, const char *directive, size_t item,
    const char *text, const char *reason)
{
	if (reason != NULL)
		checks_complain(c, directive, item, "%s: %s", unit_shown(text),
		    reason);
}

bool
checks_is_wrong(const struct checked *c, const char *directive)
{
	return setting_of(c, directive)->wrong;
}

static void
check_name(const struct checked *c)
{
	const struct service_conf *sc = c->sc, *first;
	size_t len = strlen(sc->name);

	TAILQ_FOREACH (first, &c->config->services, entry)
		if (strcmp(first->name, sc->name) == 0)
			break;
	if (first != sc)
		errors_add(c->errors, &sc->where,
		    "service %s: defined twice, first in %s:%d", first->name,
		    first->where.file, first->where.line);
	if (len == 0)
		errors_add(c->errors, &sc->where, "service: empty name");
	else if (len >= SETTINGS_NAME_MAX)
		errors_add(c->errors, &sc->where,
		    "service %.20s...: name longer than %d", sc->name,
		    SETTINGS_NAME_MAX - 1);
	else if (strspn(sc->name, NAME_LETTERS) != len)
		errors_add(c->errors, &sc->where,
		    "service %s: name with other than letters, digits, _.-",
		    sc->name);
}

/* A service answers by exactly one of builtin and exec. */
static void
check_answer(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	bool builtin = sc->builtin != BUILTIN_NONE;

	if (checks_is_wrong(c, "builtin") || checks_is_wrong(c, "exec"))
		return;
	if (builtin && sc->exec.n > 0)
		checks_complain(c, "exec", 0,
		    "service %s has builtin = %s as well", sc->name,
		    builtin_name((enum builtin)sc->builtin));
	else if (!builtin && sc->exec.n == 0)
		errors_add(c->errors, &sc->where,
		    "service %s: neither builtin nor exec", sc->name);
}

static void
check_listen(const struct checked *c)
{
	const struct list *l = &c->sc->listen;
	struct addr_text text;
	const char *why;
	uint16_t port;
	size_t i;

	if (l->n == 0)
		errors_add(c->errors, &c->sc->where,
		    "service %s: listen is missing", c->sc->name);
	if (l->n > SETTINGS_LISTENERS)
		checks_complain(c, "listen", SETTINGS_LISTENERS,
		    "more than %d addresses", SETTINGS_LISTENERS);
	for (i = 0; i < l->n; i++) {
		why = addr_split(l->v[i].text, &text);
		if (why == NULL && text.kind == ADDR_INET)
			why = names_port(c->sc->names, text.port, &port);
		checks_refuse(c, "listen", i, l->v[i].text, why);
	}
}

static void
check_access(const struct checked *c, const char *directive,
    const struct list *l)
{
	struct cidr net;
	const char *why;
	size_t i;

	for (i = 0; i < l->n; i++) {
		why = cidr_parse(l->v[i].text, &net);
		if (why != NULL && !lookups_is_host(l->v[i].text))
			checks_refuse(c, directive, i, l->v[i].text, why);
	}
}

/* Why a variable cannot be configured; NULL where it can. */
static const char *
refuse_variable(const char *name, size_t len)
{
	static const char *const reserved[] = { "NOTIFY_SOCKET", "WATCHDOG_*",
		"LISTEN_*", "TINED_*", "PROTO", "TCPLOCAL*", "TCPREMOTE*",
		"TCPCONNNUM", "UNIXLOCAL*", "UNIXREMOTE*", "REMOTE_ADDR",
		"REMOTE_PORT", "SERVER_ADDR", "SERVER_PORT" };
	size_t i, n;

	if (len == 0 || strchr(DIGITS, name[0]) != NULL ||
	    strspn(name, LETTERS DIGITS "_") < len)
		return "is not the name of a variable";
	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		n = strcspn(reserved[i], "*");
		if (strncmp(name, reserved[i], n) == 0 &&
		    (reserved[i][n] == '*' || len == n))
			return "is reserved";
	}
	return NULL;
}

static void
check_environment(const struct checked *c)
{
	const struct list *l = &c->sc->environment;
	const char *s;
	size_t i, len;

	for (i = 0; i < l->n; i++) {
		s = l->v[i].text;
		len = strcspn(s, "=");
		checks_refuse(c, "environment", i, s,
		    s[len] == '\0' ? "is not NAME=VALUE" :
				     refuse_variable(s, len));
	}
	l = &c->sc->pass_environment;
	for (i = 0; i < l->n; i++) {
		s = l->v[i].text;
		checks_refuse(c, "pass_environment", i, s,
		    refuse_variable(s, strlen(s)));
	}
}

/* With linger an acceptor keeps the connections of its programs open.  Beyond
 * RLIMIT_NOFILE further clients would wait, in spite of instances. */
static void
check_linger(const struct checked *c)
{
	const struct settings_limit *set = &c->sc->limit[LIMIT_NOFILE];
	uint64_t want = 2 * (uint64_t)c->sc->instances;
	struct rlimit rl;

	if (!c->sc->linger || c->sc->builtin != BUILTIN_NONE ||
	    getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return;
	if (want > c->sc->instances + LINGER_FDS)
		want = c->sc->instances + LINGER_FDS;
	want += OWN_FDS + c->sc->listen.n;
	if (set->set != 0 && set->value > rl.rlim_max)
		rl.rlim_max = set->value;
	if (want > rl.rlim_max)
		errors_warn(c->errors, &c->sc->where,
		    "linger: %u instances need %ju descriptors, and the limit "
		    "is %ju (RLIMIT_NOFILE)",
		    c->sc->instances, (uintmax_t)want, (uintmax_t)rl.rlim_max);
}

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

static void
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

void
check_config(struct config *config, struct errors *errors)
{
	struct checked c = { .config = config, .errors = errors };

	check_control(&c);
	if (config->cut)
		return;
	TAILQ_FOREACH (c.sc, &config->services, entry) {
		check_name(&c);
		check_listen(&c);
		check_answer(&c);
		check_users(&c);
		check_paths(&c);
		check_sizes(&c);
		check_environment(&c);
		check_linger(&c);
		check_access(&c, "only_from", &c.sc->only_from);
		check_access(&c, "no_access", &c.sc->no_access);
	}
	check_addresses(config, errors);
}
