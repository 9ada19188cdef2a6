/* SPDX-License-Identifier: ISC */
/*
 * What main reports about the services: to systemd, to the log, in its title.
 */
#ifndef TINED_MAIN_STATE_H
#define TINED_MAIN_STATE_H

#include "main/tined.h"

/* Sessions of all services. */
uint64_t state_sessions(const struct tined *t);

/* READY=1 with the status: after a start and after a reload. */
void state_ready(struct tined *t);

/* STATUS= and the title, once a second where they changed; when to call again, or
 * 0. */
int64_t state_refresh(struct tined *t, int64_t now);

/* SIGUSR1: one `state` event for every service. */
void state_log(const struct tined *t);

/* One `listening` event for every listener, or only for those that the service
 * did not have before. */
void state_log_listening(const struct served *s, bool all);

/* Logs how many records were lost, main's own and those of acceptors that have
 * ended, as soon as the log has room again; when to call again, or 0. */
int64_t state_log_lost(struct tined *t, int64_t now);

#endif
