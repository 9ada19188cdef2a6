/* SPDX-License-Identifier: ISC */
/*
 * The names of capabilities(7).
 */
#ifndef TINED_CONFIG_CAPNAME_H
#define TINED_CONFIG_CAPNAME_H

/* The number of `cap_net_bind_service`, in any case and also without its
 * prefix; -1 where there is none. */
int capability_find(const char *name);

/* Its name without the prefix; NULL for an unknown number. */
const char *capability_name(int cap);

#endif
