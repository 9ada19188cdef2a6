/* SPDX-License-Identifier: ISC */
/*
 * The configuration: what was written becomes values, and is checked.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/check.h"
#include "config/check_rights.h"
#include "config/collect.h"
#include "config/conf.h"
#include "config/directive.h"
#include "config/origin.h"
#include "config/parse.h"
#include "config/value.h"
#include "names/names.h"

/* What is known of a configuration until it has been checked. */
struct reading {
	struct tree tree;
	struct setting **sets;   /* of each service, its defaults included */
	struct checked *checked; /* each service */
};

/* Sets one member from what was written, or else from the default. */
static void
set_member(const struct directive *d, struct setting *set, void *conf,
    const struct where *otherwise, struct errors *errors)
{
	struct value_error why;
	const struct where *where = otherwise;

	if (!set->given) {
		value_set_default(d, conf);
		return;
	}
	if (value_set(d, &set->items, conf, &why) == 0)
		return;
	if (why.item < set->items.n)
		where = &set->items.v[why.item].where;
	complain_at(errors, where, d->name, why.text);
	set->wrong = true;
	value_set_default(d, conf);
}

static void
set_members(enum scope scope, struct setting *set, void *conf,
    const struct where *otherwise, struct errors *errors)
{
	const struct directive *rows;
	size_t i, n;

	rows = directive_rows(scope, &n);
	for (i = 0; i < n; i++)
		set_member(&rows[i], &set[i], conf, otherwise, errors);
}

static void
free_members(enum scope scope, void *conf, char **text)
{
	const struct directive *rows;
	size_t i, n;

	rows = directive_rows(scope, &n);
	for (i = 0; i < n; i++) {
		value_free(&rows[i], conf);
		if (text != NULL)
			free(text[i]);
	}
	free(text);
}

static char **
print_members(enum scope scope, const void *conf)
{
	const struct directive *rows;
	char **text;
	size_t i, n;

	rows = directive_rows(scope, &n);
	text = mem_array(n, sizeof(*text));
	for (i = 0; i < n; i++)
		text[i] = value_text(&rows[i], conf);
	return text;
}

/* The user that serves where none is named: never root. */
static char *
default_user(const struct names *names)
{
	const char *login;
	uid_t uid;

	if (geteuid() == 0)
		return mem_strdup(names_user(names, TINED_USER, &uid) == NULL ?
			TINED_USER :
			"nobody");
	if ((login = names_login(names, geteuid())) != NULL)
		return mem_strdup(login);
	return mem_printf("%u", (unsigned int)geteuid());
}

/* Values that depend on others. */
static void
settle_service(struct service_conf *sc)
{
	if (collect_is_default(sc->user)) {
		free(sc->user);
		sc->user = default_user(sc->names);
		sc->auto_user = true;
	}
	if (sc->directory == NULL)
		sc->directory = mem_strdup("/");
	/* A program may be one that its client reads at leisure, and only the
	 * program knows. */
	if (sc->peer_ms == VALUE_LATER && sc->builtin == BUILTIN_NONE)
		sc->peer_ms = 0;
	else if (sc->peer_ms != 0 && sc->peer_ms < sc->idle_ms)
		sc->peer_ms = sc->idle_ms;
}

static void
settle_globals(struct config *c, bool foreground)
{
	if (c->pid_file == NULL || strcmp(c->pid_file, "auto") != 0)
		return;
	free(c->pid_file);
	c->pid_file = foreground ? NULL : mem_strdup(RUNSTATEDIR "/tined.pid");
}

/* What defaults and the service itself say; a list for each directive. */
static struct setting *
merge_settings(const struct setting *defaults, const struct setting *own)
{
	struct setting *set;
	size_t i, n;

	directive_rows(SCOPE_SERVICE, &n);
	set = mem_array(n, sizeof(*set));
	for (i = 0; i < n; i++) {
		setting_merge(&set[i], &defaults[i]);
		setting_merge(&set[i], &own[i]);
		set[i].wrong = own[i].wrong;
	}
	return set;
}

static void
free_settings(struct setting *set)
{
	size_t i, n;

	directive_rows(SCOPE_SERVICE, &n);
	for (i = 0; i < n; i++)
		list_free(&set[i].items);
	free(set);
}

static void
service_free(struct service_conf *sc)
{
	free_members(SCOPE_SERVICE, sc, sc->text);
	free(sc->name);
	free(sc);
}

static struct service_conf *
make_service(const struct section *s, struct setting *set,
    struct errors *errors)
{
	struct service_conf *sc = mem_array(1, sizeof(*sc));

	sc->name = mem_strdup(s->name);
	sc->where = s->where;
	set_members(SCOPE_SERVICE, set, sc, &sc->where, errors);
	return sc;
}

/* Reports what is wrong in defaults also where no service makes use of it. */
static void
try_defaults(const struct tree *t, struct errors *errors)
{
	struct service_conf scratch = { 0 };
	struct where where = { t->nfiles > 0 ? t->files[0] : NULL, 1 };

	set_members(SCOPE_SERVICE, t->defaults.set, &scratch, &where, errors);
	free_members(SCOPE_SERVICE, &scratch, NULL);
}

static void
read_services(struct config *c, enum config_hosts hosts, struct errors *errors)
{
	struct reading *r = c->reading;
	struct checked *now;
	size_t i;

	r->sets = mem_array(r->tree.nservices, sizeof(struct setting *));
	r->checked = mem_array(r->tree.nservices, sizeof(*r->checked));
	for (i = 0; i < r->tree.nservices; i++) {
		now = &r->checked[i];
		now->config = c;
		now->set = r->sets[i] = merge_settings(r->tree.defaults.set,
		    r->tree.services[i].set);
		now->sc = make_service(&r->tree.services[i], r->sets[i],
		    errors);
		now->sc->names = c->names;
		TAILQ_INSERT_TAIL(&c->services, now->sc, entry);
		c->nservices++;
		if (!r->tree.failed)
			collect_service(c->names, now->sc, hosts != HOSTS_NONE);
	}
}

static void
reading_free(struct reading *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->tree.nservices; i++)
		free_settings(r->sets[i]);
	free(r->sets);
	free(r->checked);
	tree_free(&r->tree);
	free(r);
}

struct config *
config_read(const struct config_source *src, struct errors *errors)
{
	struct config *c = mem_array(1, sizeof(*c));
	struct tree *t;

	TAILQ_INIT(&c->services);
	c->names = names_new();
	c->reading = mem_array(1, sizeof(*c->reading));
	t = &c->reading->tree;
	tree_init(t);
	origin_read(t, src, errors);
	c->files = t->files;
	set_members(SCOPE_GLOBAL, t->global.set, c, &t->global.where, errors);
	settle_globals(c, src->foreground);
	c->text = print_members(SCOPE_GLOBAL, c);
	try_defaults(t, errors);
	read_services(c, src->hosts, errors);
	if (!t->failed) {
		collect_logger(c->names);
		collect_control(c->names, c);
	}
	if (src->hosts == HOSTS_WANTED && geteuid() == 0)
		check_rights_want(c->names);
	return c;
}

int
config_check(struct config *c, struct errors *errors)
{
	const struct tree *t = &c->reading->tree;
	struct where where = { t->nfiles > 0 ? t->files[0] : NULL, 1 };
	struct service_conf *sc;
	size_t i;

	for (i = 0; i < t->nservices; i++) {
		sc = c->reading->checked[i].sc;
		c->reading->checked[i].errors = errors;
		settle_service(sc);
		sc->text = print_members(SCOPE_SERVICE, sc);
	}
	check_control(c, t->global.set, errors);
	if (!t->failed)
		check_services(c->reading->checked, t->nservices);
	if (!t->failed && t->nservices == 0 && errors->n == 0)
		errors_add(errors, &where, "no service is defined");
	reading_free(c->reading);
	c->reading = NULL;
	errors_sort(errors, c->files);
	return errors_any(errors) ? -1 : 0;
}

void
config_free(struct config *c)
{
	struct service_conf *sc, *next;
	size_t i;

	if (c == NULL)
		return;
	for (sc = TAILQ_FIRST(&c->services); sc != NULL; sc = next) {
		next = TAILQ_NEXT(sc, entry);
		service_free(sc);
	}
	reading_free(c->reading);
	names_free(c->names);
	free_members(SCOPE_GLOBAL, c, c->text);
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
