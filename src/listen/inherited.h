/*
 * Listeners that another process made, found by their LISTEN_FDNAMES name.
 * They stay open here whether or not a service uses them, so that a reload may;
 * a service is given duplicates.
 */
#ifndef TINED_MAIN_INHERITED_H
#define TINED_MAIN_INHERITED_H

#include "listen/listener.h"

/* Appends a listener of that text for each descriptor of that name; perhaps
 * none.  0, or -1 with errno, and nothing was appended. */
int inherited_open(const char *text, const char *name,
    struct listener_list *out);

#endif
