/* SPDX-License-Identifier: ISC */
/*
 * What a configuration must be beyond each of its values: names that exist,
 * programs that can be run, addresses that are used once.
 */
#ifndef TINED_CONFIG_CHECKS_H
#define TINED_CONFIG_CHECKS_H

#include "config/errors.h"
#include "config/types.h"

/* Adds what is wrong with the control socket, with each service, and with them
 * together; only the control socket where the reading was cut short. */
void check_config(struct config *c, struct errors *errors);

struct checked {
	struct config *config;
	const struct service_conf *sc; /* NULL: the global directives */
	struct errors *errors;
};

/* Adds services that listen on one address. */
void check_addresses(struct config *c, struct errors *errors);

/* Adds what is wrong with the control socket and its group. */
void check_control(const struct checked *c);

/* Adds users and groups that do not exist, or that tined cannot become, and
 * programs that could command main. */
void check_users(const struct checked *c);

/* Adds what is wrong with programs, directories and other paths. */
void check_paths(const struct checked *c);

/* Where a directive's item was written, or else the service; NULL: nowhere. */
const struct where *checks_where(const struct checked *c, const char *directive,
    size_t item);

/* Adds `file:line: directive: reason` at that place. */
void checks_complain(const struct checked *c, const char *directive,
    size_t item, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The same with `text: reason`; nothing where the reason is NULL. */
void checks_refuse(const struct checked *c, const char *directive, size_t item,
    const char *text, const char *reason);

/* Whether the directive was given a wrong value, so that it means nothing. */
bool checks_is_wrong(const struct checked *c, const char *directive);

#endif
