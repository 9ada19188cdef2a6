/* SPDX-License-Identifier: ISC */
/*
 * The title that ps(1) shows, by setproctitle(3).
 *
 * libbsd puts a full stop where argv[0] ended when the title is shorter than
 * that, and a space when it is as long, for kernels that look at the last byte
 * of all arguments; where more arguments follow it is not the last byte, and ps
 * shows it.  Taken away here.
 */
#ifndef TINED_MAIN_TITLE_H
#define TINED_MAIN_TITLE_H

/* Before anything else looks at argv or the environment. */
void title_init(int argc, char *argv[]);

/* Sets it to `tined: TEXT`. */
void title_set(const char *text);

#endif
