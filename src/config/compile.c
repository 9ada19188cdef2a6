/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/compile.h"
#include "config/rules.h"
#include "names/names.h"
#include "sandbox/profile.h"

#define PATH_DEFAULT                                                           \
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"              \
	"/sbin:/bin"

/* Arguments of compile_settings and its builder. */
struct making {
	const struct config *config;
	const struct service_conf *conf;
	struct settings_builder *b;
	struct settings *s; /* what it builds */
	struct failure *err;
};

static int
cannot(const struct making *m, int code, const char *what, const char *why)
{
	return errors_fail(m->err, code, "%s: %s: %s", m->conf->name, what,
	    why);
}

static struct settings_ref
add_items(struct settings_builder *b, const struct list *l)
{
	const char **v = mem_array(l->n, sizeof(*v));
	struct settings_ref r;
	size_t i;

	for (i = 0; i < l->n; i++)
		v[i] = l->v[i].text;
	r = settings_add_list(b, v, l->n);
	free(v);
	return r;
}

/* Whether the environment has that variable already. */
static bool
has_variable(const char *const *v, size_t n, const char *assignment)
{
	size_t len = strcspn(assignment, "=") + 1, i;

	for (i = 0; i < n; i++)
		if (strncmp(v[i], assignment, len) == 0)
			return true;
	return false;
}

/* PATH and TINED_SERVICE, then pass_environment, then environment: the last of
 * a name counts. */
static void
add_environment(struct making *m)
{
	const struct list *set = &m->conf->environment;
	const struct list *pass = &m->conf->pass_environment;
	const char **v = mem_array(set->n + pass->n + 2, sizeof(*v));
	char **own = mem_array(pass->n + 1, sizeof(*own));
	size_t n = 0, i, nown = 0;
	const char *value;

	for (i = 0; i < set->n; i++)
		v[n++] = set->v[i].text;
	for (i = 0; i < pass->n; i++) {
		if ((value = getenv(pass->v[i].text)) == NULL)
			continue;
		own[nown] = mem_printf("%s=%s", pass->v[i].text, value);
		if (!has_variable(v, n, own[nown]))
			v[n++] = own[nown];
		nown++;
	}
	if (!has_variable(v, n, PATH_DEFAULT))
		v[n++] = PATH_DEFAULT;
	own[nown] = mem_printf("TINED_SERVICE=%s", m->conf->name);
	v[n++] = own[nown++];
	m->s->env = settings_add_list(m->b, v, n);
	for (i = 0; i < nown; i++)
		free(own[i]);
	free(own);
	free(v);
}

static int
add_identity(struct making *m)
{
	const struct service_conf *conf = m->conf;
	struct identity id;
	const char *why;

	if (geteuid() != 0)
		return 0;
	if ((why = names_identity(conf->names, conf->user, conf->group, &id)) !=
	    NULL)
		return cannot(m, EX_CONFIG, conf->user, why);
	m->s->change_ids = 1;
	m->s->uid = id.uid;
	m->s->gid = id.gid;
	m->s->groups = settings_add_bytes(m->b, id.groups, sizeof(*id.groups),
	    id.ngroups);
	return 0;
}

static int
make_rules(const struct making *m, struct rules *rules)
{
	const struct item *culprit;
	const char *why;

	if (rules_make(m->conf, rules, &culprit, &why) == 0)
		return 0;
	return cannot(m, EX_UNAVAILABLE, culprit->text, why);
}

int
compile_check(const struct config *c, struct failure *err)
{
	struct making m = { .config = c, .err = err };
	struct rules rules;

	TAILQ_FOREACH (m.conf, &c->services, entry) {
		if (make_rules(&m, &rules) == -1)
			return -1;
		rules_free(&rules);
	}
	return 0;
}

static int
add_rules(struct making *m)
{
	struct settings_access *v;
	struct rules rules;
	size_t i;

	if (make_rules(m, &rules) == -1)
		return -1;
	v = mem_array(rules.n, sizeof(*v));
	for (i = 0; i < rules.n; i++) {
		v[i].net = rules.v[i].net;
		v[i].allow = rules.v[i].allow;
	}
	m->s->access = settings_add_bytes(m->b, v, sizeof(*v), rules.n);
	m->s->access_default = rules.allow_others;
	rules_free(&rules);
	free(v);
	return 0;
}

/* Whether Landlock lets the program write outside of the private /tmp. */
static bool
writes_files(const struct service_conf *conf)
{
	return conf->writable.n > 0 ||
	    (conf->directory != NULL && strcmp(conf->directory, "/") != 0);
}

static int
add_seccomp(struct making *m)
{
	enum profile p = profile_choose(m->conf->builtin != BUILTIN_NONE,
	    m->conf->sandbox, writes_files(m->conf));
	const struct sock_filter *filter;
	size_t n;

	if (!profile_available() || p == PROFILE_NONE)
		return 0;
	if ((filter = profile_build(p, &n)) == NULL)
		return cannot(m, EX_OSERR, "seccomp", strerror(errno));
	m->s->seccomp = settings_add_bytes(m->b, filter, sizeof(*filter), n);
	return 0;
}

static void
fill_in_numbers(const struct making *m)
{
	const struct service_conf *c = m->conf;
	struct settings *s = m->s;

	s->builtin = c->builtin;
	s->log_ends = m->config->log_level >= LEVEL_INFO;
	s->log_starts = m->config->log_level >= LEVEL_DEBUG;
	s->stderr_to = c->stderr_to;
	s->leftovers = c->leftovers;
	s->linger = c->linger;
	s->instances = c->instances;
	s->per_source = c->per_source;
	s->prefix_v4 = c->prefix_v4;
	s->prefix_v6 = c->prefix_v6;
	s->cps = c->cps;
	s->cps_per_source = c->cps_per_source;
	s->when_full = c->when_full;
	s->idle_ms = c->idle_ms;
	s->max_ms = c->max_ms;
	s->drain_ms = m->config->drain_ms;
	s->umask = c->umask;
	s->nice = c->nice;
	s->sandbox = c->sandbox;
	s->sandbox_required = c->sandbox_required;
	s->capabilities = c->capabilities;
	memcpy(s->limit, c->limit, sizeof(s->limit));
}

static void
add_texts(const struct making *m)
{
	const struct service_conf *c = m->conf;
	struct settings *s = m->s;

	s->argv = add_items(m->b, &c->exec);
	s->writable = add_items(m->b, &c->writable);
	s->chroot = settings_add_string(m->b, c->chroot);
	s->directory = settings_add_string(m->b, c->directory);
	if (c->refuse_message != NULL)
		s->refuse_message = settings_add_bytes(m->b, c->refuse_message,
		    1, strlen(c->refuse_message));
}

int
compile_settings(const struct config *c, const struct service_conf *sc,
    const struct settings_listener *listeners, size_t n, struct failure *err)
{
	struct making m = { .config = c, .conf = sc, .err = err };
	int fd = -1;

	if (n > SETTINGS_LISTENERS)
		return cannot(&m, EX_OSERR, "settings", strerror(E2BIG));
	if ((m.b = settings_new(sc->name)) == NULL)
		return cannot(&m, EX_OSERR, "settings", strerror(errno));
	m.s = settings_of(m.b);
	fill_in_numbers(&m);
	if (n > 0)
		memcpy(m.s->listener, listeners, n * sizeof(*listeners));
	m.s->nlisteners = (uint32_t)n;
	add_texts(&m);
	add_environment(&m);
	if (add_identity(&m) == 0 && add_rules(&m) == 0 &&
	    add_seccomp(&m) == 0 && (fd = settings_seal(m.b)) == -1)
		cannot(&m, EX_OSERR, "settings", strerror(errno));
	settings_free(m.b);
	return fd;
}
