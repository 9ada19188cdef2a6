/* SPDX-License-Identifier: ISC */
/*
 * The descriptors for those who look at tined: of the overview and of every
 * scoreboard, which can only be read.
 */
#ifndef TINED_MAIN_HANDOUT_H
#define TINED_MAIN_HANDOUT_H

#include "main/tined.h"

/*
 * Sends them on a control connection, in packets of type COMMAND_DESCRIPTORS.  0,
 * or -1 with errno: not all were sent.  Never blocks.
 */
int handout_send(struct tined *t, int sock);

#endif
