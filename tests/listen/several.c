/* SPDX-License-Identifier: ISC */
/* Several services. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "listen/several.h"
#include "runner.h"

struct listener_list several_now[SERVICES], several_next[SERVICES];
struct service_conf *several_conf[SERVICES];
struct listener_request several_request[SERVICES];
struct failure several_err;
char several_unix_text[SERVICES][96];

void
several_set_up(void)
{
	const char *dir = fixture_dir();
	int i;

	(void)fixture_network();
	memset(&several_err, 0, sizeof(several_err));
	for (i = 0; i < SERVICES; i++) {
		TAILQ_INIT(&several_now[i]);
		TAILQ_INIT(&several_next[i]);
		several_conf[i] = NULL;
		several_request[i] = (struct listener_request) {
			.own = &several_now[i], .out = &several_next[i]
		};
		snprintf(several_unix_text[i], sizeof(several_unix_text[i]),
		    "unix:%s/%d", dir, i);
	}
}

void
several_tear_down(void)
{
	int i;

	for (i = 0; i < SERVICES; i++) {
		fixture_close(&several_now[i]);
		fixture_close(&several_next[i]);
		if (several_conf[i] != NULL)
			fixture_conf_free(several_conf[i]);
	}
	fixture_clean();
}

struct listener *
has(int i, const char *text)
{
	struct service_conf *sc = fixture_conf(text, NULL);

	ck_assert_msg(fixture_open(sc, NULL, &several_now[i], &several_err) ==
		0,
	    "%s", several_err.text);
	fixture_conf_free(sc);
	return TAILQ_LAST(&several_now[i], listener_list);
}

void
wants(int i, const char *text, const char *other)
{
	if (several_conf[i] != NULL)
		fixture_conf_free(several_conf[i]);
	several_conf[i] = fixture_conf(text, other, NULL);
	several_request[i].sc = several_conf[i];
}

int
reload(void)
{
	return listeners_open(several_request, SERVICES, false, &several_err);
}

struct listener *
several_first(int i)
{
	return TAILQ_FIRST(&several_next[i]);
}
