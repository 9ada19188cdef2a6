/* SPDX-License-Identifier: ISC */
/*
 * What tells a changed service from an unchanged one.
 */
#ifndef TINED_CONFIG_SAME_H
#define TINED_CONFIG_SAME_H

#include "config/types.h"

/* Whether two services have the same value of every directive, and the names
 * in them stand for the same.  An address of b's that could not be looked up
 * just now is not a difference: what is open stays so. */
bool same_service(const struct service_conf *a, const struct service_conf *b);

#endif
