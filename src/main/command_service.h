/* SPDX-License-Identifier: ISC */
/*
 * Commands about one service: pause, resume, end.
 */
#ifndef TINED_MAIN_COMMAND_SERVICE_H
#define TINED_MAIN_COMMAND_SERVICE_H

#include "ipc/command.h"
#include "main/tined.h"

/* Whether it is such a verb. */
bool command_service_has(uint32_t verb);

/* Carries it out.  The exit status for tine(1), with what to say in text: lines,
 * the last one without its newline. */
int command_service(struct tined *t, const struct command_request *r,
    char *text, size_t size);

#endif
