/*
 * Making a service's settings: names become addresses and numbers here, by the
 * configuration's table of them, and profiles become BPF.
 */
#ifndef TINED_MAIN_SPECS_H
#define TINED_MAIN_SPECS_H

#include "config/conf.h"
#include "listen/listener.h"

/* Whether every name in the access rules of all services has an address; asked
 * before anything is opened.  0, or -1 with err. */
int specs_check(const struct config *c, struct listener_error *err);

/* The sealed settings of a service on open listeners, or -1 with err. */
int settings_make(const struct config *c, const struct service_conf *conf,
    const struct listener_list *listeners, struct listener_error *err);

#endif
