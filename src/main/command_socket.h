/* SPDX-License-Identifier: ISC */
/*
 * The control socket: where it is, how it is opened, and that it goes away.
 * The rules of its path are those of other Unix listeners (listen/unixpath.h).
 */
#ifndef TINED_MAIN_COMMAND_SOCKET_H
#define TINED_MAIN_COMMAND_SOCKET_H

#include "listen/listener.h"
#include "main/options.h"

/*
 * The path that a configuration and the command line mean: buf has room for
 * ADDR_PATH_MAX.  NULL: there is to be none.
 */
const char *command_socket_path(const struct options *o, const struct config *c,
    char *buf);

/*
 * Opens the configuration's control socket at that path, listening.  NULL with
 * err where it is not to be had; a default path's directory is made.
 */
struct listener *command_socket_open(const char *path, const struct config *c,
    struct listener_error *err);

/* Gives an open one the mode and the group of another configuration. */
void command_socket_apply(const struct listener *l, const struct config *c);

/* Closes and removes it, and its directory where that was made here and is
 * empty. */
void command_socket_close(struct listener *l);

#endif
