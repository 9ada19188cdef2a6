/* SPDX-License-Identifier: ISC */
/*
 * What a service must be beyond each of its values.
 */
#include "config.h"

#include <sys/resource.h>

#include <bsd/string.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/mem.h"
#include "config/check.h"
#include "config/directive.h"
#include "config/value.h"
#include "names/names.h"

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What an acceptor has besides sessions: its own, and of those that have ended
 * (LINGER_MOST in acceptor/linger.h). */
#define OWN_FDS    16
#define LINGER_FDS 1024

const struct setting *
check_setting(const struct checked *c, const char *directive)
{
	return &c->set[directive_index(directive_find(SCOPE_SERVICE,
	    directive))];
}

bool
check_is_wrong(const struct checked *c, const char *directive)
{
	return check_setting(c, directive)->wrong;
}

void
complain_at(struct errors *errors, const struct where *where,
    const char *directive, const char *reason)
{
	const char *file = where->file;

	if (file != NULL &&
	    (strcmp(file, "-l") == 0 || strcmp(file, "-s") == 0))
		errors_add(errors, where, "%s", reason);
	else
		errors_add(errors, where, "%s: %s", directive, reason);
}

void
check_complain(const struct checked *c, const char *directive, size_t item,
    const char *fmt, ...)
{
	const struct setting *set = check_setting(c, directive);
	const struct where *where = &c->sc->where;
	char *reason;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&reason, fmt, ap) == -1)
		reason = mem_strdup(fmt);
	va_end(ap);
	if (item < set->items.n)
		where = &set->items.v[item].where;
	complain_at(c->errors, where, directive, reason);
	free(reason);
}

static void
check_name(const struct checked *c)
{
	const char *name = c->sc->name;
	size_t len = strlen(name);

	if (len == 0)
		errors_add(c->errors, &c->sc->where, "service: empty name");
	else if (len >= SETTINGS_NAME_MAX)
		errors_add(c->errors, &c->sc->where,
		    "service %.20s...: name longer than %d", name,
		    SETTINGS_NAME_MAX - 1);
	else if (strspn(name, LETTERS DIGITS "_.-") != len)
		errors_add(c->errors, &c->sc->where,
		    "service %s: name with other than letters, digits, _.-",
		    name);
}

/* A service answers by exactly one of builtin and exec. */
static void
check_answer(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	bool builtin = sc->builtin != BUILTIN_NONE;

	if (check_is_wrong(c, "builtin") || check_is_wrong(c, "exec"))
		return;
	if (builtin && sc->exec.n > 0)
		check_complain(c, "exec", 0,
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
		check_complain(c, "listen", SETTINGS_LISTENERS,
		    "more than %d addresses", SETTINGS_LISTENERS);
	for (i = 0; i < l->n; i++) {
		why = addr_split(l->v[i].text, &text);
		if (why == NULL && text.kind == ADDR_INET)
			why = names_port(c->sc->names, text.port, &port);
		if (why != NULL)
			check_complain(c, "listen", i, "%s: %s",
			    value_shown(l->v[i].text), why);
	}
}

bool
check_is_host_name(const char *s)
{
	const char *label = s, *end;
	size_t len;

	if (strlen(s) >= ADDR_HOST_MAX - 2)
		return false;
	for (;;) {
		end = strchrnul(label, '.');
		len = (size_t)(end - label);
		if (len == 0 || len > 63 || label[0] == '-' || end[-1] == '-' ||
		    strspn(label, LETTERS DIGITS "-_") < len)
			return false;
		if (*end == '\0')
			return strspn(label, DIGITS) < len;
		label = end + 1;
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
		if (why != NULL && !check_is_host_name(l->v[i].text))
			check_complain(c, directive, i, "%s: %s", l->v[i].text,
			    why);
	}
}

/* Why a variable is not to be had by configuration; NULL when it is. */
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
		return "is no variable's name";
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
	const char *s, *why;
	size_t i, len;

	for (i = 0; i < l->n; i++) {
		s = l->v[i].text;
		len = strcspn(s, "=");
		why = s[len] == '\0' ? "is not NAME=VALUE" :
				       refuse_variable(s, len);
		if (why != NULL)
			check_complain(c, "environment", i, "%s: %s",
			    value_shown(s), why);
	}
	l = &c->sc->pass_environment;
	for (i = 0; i < l->n; i++) {
		s = l->v[i].text;
		why = refuse_variable(s, strlen(s));
		if (why != NULL)
			check_complain(c, "pass_environment", i, "%s: %s",
			    value_shown(s), why);
	}
}

/* An acceptor holds the connections of programs that are to linger.  What is
 * above its limit waits to be accepted, which is not what was asked for. */
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

static void
check_twice(const struct checked *c, size_t n)
{
	const struct service_conf *first;
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++) {
			first = c[j].sc;
			if (strcmp(c[i].sc->name, first->name) != 0)
				continue;
			errors_add(c[i].errors, &c[i].sc->where,
			    "service %s: defined twice, first in %s:%d",
			    first->name, first->where.file, first->where.line);
			break;
		}
	}
}

void
check_services(const struct checked *c, size_t n)
{
	size_t i;

	check_twice(c, n);
	for (i = 0; i < n; i++) {
		check_name(&c[i]);
		check_listen(&c[i]);
		check_answer(&c[i]);
		check_users(&c[i]);
		check_paths(&c[i]);
		check_sizes(&c[i]);
		check_environment(&c[i]);
		check_linger(&c[i]);
		check_access(&c[i], "only_from", &c[i].sc->only_from);
		check_access(&c[i], "no_access", &c[i].sc->no_access);
	}
	check_addresses(c, n);
}
