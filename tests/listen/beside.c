/* SPDX-License-Identifier: ISC */
/* A service beside the one that it follows. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "listen/beside.h"
#include "runner.h"

struct listener_list old_now, new_now, beside_next;
static struct listener_list none;
struct listener_request beside_request[2];
struct service_conf *beside_conf;
struct failure beside_err;
struct listener *old;

void
beside_set_up(void)
{
	(void)fixture_network();
	TAILQ_INIT(&old_now);
	TAILQ_INIT(&new_now);
	TAILQ_INIT(&beside_next);
	TAILQ_INIT(&none);
	memset(&beside_err, 0, sizeof(beside_err));
	beside_request[0] = (struct listener_request) { .own = &old_now,
		.out = &none };
	beside_request[1] = (struct listener_request) { .own = &new_now,
		.out = &beside_next };
	beside_conf = NULL;
}

void
beside_tear_down(void)
{
	fixture_close(&old_now);
	fixture_close(&new_now);
	fixture_close(&beside_next);
	if (beside_conf != NULL)
		fixture_conf_free(beside_conf);
}

void
beside_hold(const char *host)
{
	struct service_conf *sc;
	char text[64];

	snprintf(text, sizeof(text), "%s:0", host);
	sc = fixture_conf(text, NULL);
	ck_assert_msg(fixture_open(sc, NULL, &old_now, &beside_err) == 0, "%s",
	    beside_err.text);
	fixture_conf_free(sc);
	old = TAILQ_FIRST(&old_now);
}

int
ask(const char *host)
{
	char text[64];

	snprintf(text, sizeof(text), "%s:%u", host, old->local.port);
	if (beside_conf != NULL)
		fixture_conf_free(beside_conf);
	beside_request[1].sc = beside_conf = fixture_conf(text, NULL);
	return listeners_open(beside_request, 2, false, &beside_err);
}

int
follow(const char *host, const char *by)
{
	beside_hold(host);
	return ask(by);
}

void
take_over(void)
{
	ck_assert_int_eq(listeners_listen(&beside_next, beside_conf,
			     &beside_err),
	    0);
	listeners_unshare(&beside_next);
	listeners_settle(&beside_next);
	fixture_close(&new_now);
	TAILQ_CONCAT(&new_now, &beside_next, entry);
}
