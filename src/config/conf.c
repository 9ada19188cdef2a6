/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/check_rights.h"
#include "config/checks.h"
#include "config/lookups.h"
#include "config/conf.h"
#include "config/origin.h"
#include "config/print.h"
#include "config/tree.h"
#include "config/value.h"
#include "names/names.h"

/* The user that serves where none is named: never root. */
static void
settle_user(struct service_conf *sc)
{
	uid_t uid;

	if (!sc->auto_user)
		return;
	if (geteuid() == 0) {
		sc->user = TINED_USER;
		if (names_id(sc->names, NAME_USER, sc->user, &uid) != NULL)
			sc->user = "nobody";
		return;
	}
	sc->user = names_login(sc->names, geteuid());
	if (sc->user == NULL) {
		snprintf(sc->uid, sizeof(sc->uid), "%u",
		    (unsigned int)geteuid());
		sc->user = sc->uid;
	}
}

/* Values that depend on others. */
static void
settle_service(struct service_conf *sc)
{
	settle_user(sc);
	if (sc->directory == NULL)
		sc->directory = "/";
	/* Only a program knows how long its client may stop reading. */
	if (sc->peer_ms == VALUE_LATER && sc->builtin == BUILTIN_NONE)
		sc->peer_ms = 0;
	else if (sc->peer_ms != 0 && sc->peer_ms < sc->idle_ms)
		sc->peer_ms = sc->idle_ms;
}

/* Settings of the service replace those of defaults, or are added to them. */
static void
merge_defaults(struct service_conf *sc, const struct setting *defaults)
{
	struct setting *own = sc->set;
	size_t i;

	sc->set = setting_new(SCOPE_SERVICE);
	for (i = 0; own[i].d != NULL; i++) {
		setting_merge(&sc->set[i], &defaults[i]);
		setting_merge(&sc->set[i], &own[i]);
	}
	setting_free(own);
}

static void
convert(struct config *c, struct errors *errors)
{
	const struct where where = { c->files[0], 1, 1 };
	struct service_conf *sc, scratch = { 0 };

	value_set_all(c->set, c, NULL, errors);
	/* What is wrong in defaults is reported also where no service uses
	 * it. */
	value_set_all(c->defaults, &scratch, &where, errors);
	TAILQ_FOREACH (sc, &c->services, entry) {
		if (mem_is_short())
			break;
		sc->names = c->names;
		merge_defaults(sc, c->defaults);
		value_set_all(sc->set, sc, &sc->where, errors);
		sc->auto_user = sc->user == NULL ||
		    strcmp(sc->user, "auto") == 0;
	}
	setting_free(c->defaults);
	c->defaults = NULL;
}

struct config *
config_read(const struct config_source *src, struct errors *errors)
{
	struct config *c = mem_array(1, sizeof(*c));

	tree_init(c);
	c->names = names_new();
	origin_read(c, src, errors);
	convert(c, errors);
	if (c->pid_file != NULL && strcmp(c->pid_file, "auto") == 0)
		c->pid_file = src->foreground ? NULL : RUNSTATEDIR "/tined.pid";
	if (!c->cut)
		lookups_want(c, src->hosts != HOSTS_NONE);
	if (src->hosts == HOSTS_WANTED && geteuid() == 0)
		check_rights_want(c->names);
	if (mem_is_short()) {
		c->cut = true;
		errors->exit_code = EX_OSERR;
		errors_add(errors, NULL, "%s", strerror(ENOMEM));
	}
	return c;
}

int
config_check(struct config *c, struct errors *errors)
{
	const struct where where = { c->files[0], 1, 1 };
	struct service_conf *sc;

	TAILQ_FOREACH (sc, &c->services, entry)
		settle_service(sc);
	check_config(c, errors);
	if (!c->cut && c->nservices == 0 && errors->n == 0)
		errors_add(errors, &where, "no service is defined");
	errors_sort(errors);
	return errors_any(errors) ? -1 : 0;
}

void
config_free(struct config *c)
{
	struct service_conf *sc;
	size_t i;

	if (c == NULL)
		return;
	config_free(c->older);
	while ((sc = TAILQ_FIRST(&c->services)) != NULL) {
		TAILQ_REMOVE(&c->services, sc, entry);
		setting_free(sc->set);
		free(sc->name);
		free(sc);
	}
	setting_free(c->set);
	names_free(c->names);
	for (i = 0; c->files[i] != NULL; i++)
		free(c->files[i]);
	free(c->files);
	free(c);
}

struct service_conf *
config_service(const struct config *c, const char *name)
{
	struct service_conf *sc;

	TAILQ_FOREACH (sc, &c->services, entry)
		if (strcmp(sc->name, name) == 0)
			return sc;
	return NULL;
}

static bool
same_values(const struct service_conf *a, const struct service_conf *b)
{
	struct buf ta = { 0 }, tb = { 0 };
	bool same;

	print_service(&ta, a);
	print_service(&tb, b);
	same = strcmp(buf_string(&ta), buf_string(&tb)) == 0;
	free(ta.s);
	free(tb.s);
	return same;
}

static bool
same_listen(const struct service_conf *a, const struct service_conf *b)
{
	struct addr_text at;
	uint16_t x, y;
	size_t i;

	for (i = 0; i < b->listen.n; i++) {
		if (!lookups_split(b->listen.v[i].text, &at))
			continue;
		if (names_port(a->names, at.port, &x) != NULL ||
		    names_port(b->names, at.port, &y) != NULL || x != y)
			return false;
		if (at.host[0] != '\0' &&
		    lookups_failure(b, &b->listen, i) == NULL &&
		    !names_agree(a->names, b->names, NAME_HOST, at.host, NULL))
			return false;
	}
	return true;
}

static bool
same_access(const struct service_conf *a, const struct service_conf *b,
    const struct list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!lookups_is_network(l->v[i].text) &&
		    !names_agree(a->names, b->names, NAME_HOST, l->v[i].text,
			NULL))
			return false;
	return true;
}

static bool
same_name(const struct service_conf *a, const struct service_conf *b,
    enum name_kind kind, const char *name, const char *group)
{
	return name == NULL ||
	    names_agree(a->names, b->names, kind, name, group);
}

bool
config_same_service(const struct service_conf *a, const struct service_conf *b)
{
	return same_values(a, b) && same_listen(a, b) &&
	    (geteuid() != 0 ||
		same_name(a, b, NAME_IDENTITY, b->user, b->group)) &&
	    same_name(a, b, NAME_USER, b->socket_user, NULL) &&
	    same_name(a, b, NAME_GROUP, b->socket_group, NULL) &&
	    same_access(a, b, &b->only_from) &&
	    same_access(a, b, &b->no_access);
}
