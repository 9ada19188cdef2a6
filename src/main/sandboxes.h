/* SPDX-License-Identifier: ISC */
/*
 * What the services' sandboxes need and this kernel or build lacks.
 */
#ifndef TINED_MAIN_SANDBOXES_H
#define TINED_MAIN_SANDBOXES_H

#include "config/conf.h"

/* Adds an error for each service with sandbox_required; with warn set, a
 * warning for each other one. */
void sandboxes_check(const struct config *c, bool warn, struct errors *errors);

#endif
