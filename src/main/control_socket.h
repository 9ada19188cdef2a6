/* SPDX-License-Identifier: ISC */
/*
 * The control socket's file: where it is, how it is opened, and removed.  The
 * rules for its path are those of other Unix listeners (listen/unixpath.h).
 */
#ifndef TINED_MAIN_CONTROL_SOCKET_H
#define TINED_MAIN_CONTROL_SOCKET_H

#include "listen/listener.h"
#include "main/options.h"

/* Its path by the configuration and the command line, in buf of ADDR_PATH_MAX
 * bytes; NULL: there is none. */
const char *control_socket_path(const struct options *o, const struct config *c,
    char *buf);

/* Opens it at that path, listening; makes the directory of a default path.  NULL
 * with err. */
struct listener *control_socket_open(const char *path, const struct config *c,
    struct listener_error *err);

/* Gives an open one the mode and the group of another configuration. */
void control_socket_apply(const struct listener *l, const struct config *c);

/* Closes and removes it, and its directory where that was made here and is
 * empty. */
void control_socket_close(struct listener *l);

#endif
