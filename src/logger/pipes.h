/* SPDX-License-Identifier: ISC */
/*
 * The log pipes: read in large pieces, split into records, each of them
 * checked.  A pipe with an invalid record is closed.  Only at the start of a
 * pipe bytes are skipped: an earlier logger may have died in the middle of a
 * record.
 */
#ifndef TINED_LOGGER_PIPES_H
#define TINED_LOGGER_PIPES_H

#include "logger/log_service.h"

/*
 * Reads records of a service from fd from now on, and owns fd.  A pipe that is
 * read already is not added again.  0, or -1 with errno.
 */
int pipes_add(struct log_service *s, int fd);

#endif
