/* SPDX-License-Identifier: ISC */
/*
 * What a configuration must be beyond each of its values: names that exist,
 * programs that can be run, addresses that are used once.
 */
#ifndef TINED_MAIN_CHECK_H
#define TINED_MAIN_CHECK_H

#include "config/conf.h"
#include "config/parse.h"

/* A service with what was written for it, its defaults included. */
struct checked {
	const struct config *config;
	struct service_conf *sc;
	const struct setting *set; /* one for each directive of a service */
	struct errors *errors;
};

/* Adds what is wrong with each of n services, and with them together. */
void check_services(const struct checked *c, size_t n);

/* Adds services that listen on one address. */
void check_addresses(const struct checked *c, size_t n);

/* Adds users and groups that do not exist, or that tined cannot become. */
void check_users(const struct checked *c);

/* Adds what is wrong with the control socket; global has what was written for
 * each global directive. */
void check_control(struct config *c, const struct setting *global,
    struct errors *errors);

/* Adds a program that may command main. */
void check_commander(const struct checked *c);

/* Adds what is longer than the system takes. */
void check_sizes(const struct checked *c);

/* Adds what is wrong with programs, directories and other paths. */
void check_paths(const struct checked *c);

/* Adds `file:line: directive: reason`, the place being that of the
 * directive's item, or of the service where nothing was written. */
void check_complain(const struct checked *c, const char *directive, size_t item,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The same at a place; -l and -s need no directive's name. */
void complain_at(struct errors *errors, const struct where *where,
    const char *directive, const char *reason);

/* What was written for a directive. */
const struct setting *check_setting(const struct checked *c,
    const char *directive);

/* Whether it is a host name as in RFC 1123, and no number: not 10.0.0.300. */
bool check_is_host_name(const char *s);

/* Whether the directive was given a wrong value, so that it means nothing. */
bool check_is_wrong(const struct checked *c, const char *directive);

#endif
