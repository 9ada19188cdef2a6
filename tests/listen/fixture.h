/* SPDX-License-Identifier: ISC */
/*
 * What the tests of listeners share: a service's settings, a directory of
 * their own, clients, and a log that can be looked at.
 */
#ifndef TINED_TESTS_MAIN_FIXTURE_H
#define TINED_TESTS_MAIN_FIXTURE_H

#include <stddef.h>

#include "listen/listeners.h"

/* Settings as by default, with these addresses; NULL ends them. */
struct service_conf *fixture_conf(const char *listen, ...)
    __attribute__((sentinel));
/* Looks its names up: fixture_conf has, but what was changed since, and in
 * /etc/hosts, is not known. */
void fixture_look_up(struct service_conf *sc);
void fixture_conf_free(struct service_conf *sc);

/* listeners_open for one service that has own (NULL: nothing, at the start); what
 * it gets is appended to out. */
int fixture_open(const struct service_conf *sc, struct listener_list *own,
    struct listener_list *out, struct failure *err);

/* What listeners_open and the others said to the log, a line each. */
extern char fixture_log[4096];

/* A new directory, also the current one; fixture_clean removes all of it. */
const char *fixture_dir(void);
void fixture_clean(void);

/* The number of listeners; closes all of them. */
size_t fixture_count(const struct listener_list *list);
void fixture_close(struct listener_list *list);

/* Connects to an address or a path (blocking): the socket, -1 with errno. */
int fixture_connect(const struct addr *to);
int fixture_connect_ip(const char *ip, uint16_t port);
int fixture_connect_unix(const char *path);

/* A new network namespace with lo up, where the test may have one: 0; else -1
 * (not root, no namespaces). */
int fixture_network(void);

/* A private /etc/hosts, likewise. */
int fixture_hosts(const char *text);

/* Lets IPv6 vanish from this process: socket(AF_INET6) fails. */
void fixture_without_ipv6(void);

/* Changes to user nobody if it is root. */
void fixture_unprivileged(void);

/* The file is there, whatever it is. */
bool fixture_exists(const char *path);

#endif
