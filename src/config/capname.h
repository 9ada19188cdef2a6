/* SPDX-License-Identifier: ISC */
/*
 * The names of capabilities(7).
 */
#ifndef TINED_MAIN_CAPABILITY_H
#define TINED_MAIN_CAPABILITY_H

/* The number of `cap_net_bind_service`, in any case and also without its
 * prefix; -1 where there is none. */
int capability_find(const char *name);

/* Its name, cap_ included; NULL for an unknown number. */
const char *capability_name(int cap);

#endif
