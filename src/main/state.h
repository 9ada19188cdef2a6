/*
 * What main shows of the services: to systemd, to the log, in its title.
 */
#ifndef TINED_MAIN_STATE_H
#define TINED_MAIN_STATE_H

#include "main/tined.h"

uint64_t state_sessions(const struct tined *t);

/* READY=1 with the status: after a start and after a reload. */
void state_ready(struct tined *t);

/* STATUS= and the title, once a second where they changed; the next time, or
 * 0. */
int64_t state_refresh(struct tined *t, int64_t now);

/* SIGUSR1: one `state` event for every service. */
void state_log(const struct tined *t);

/* One `listening` event for every listener, or only for those that the service
 * did not have before. */
void state_say_listening(const struct served *s, bool all);

#endif
