/* SPDX-License-Identifier: ISC */
/*
 * The title that ps(1) shows, by setproctitle(3).
 *
 * libbsd writes a full stop at the end of argv[0] if the title is shorter, and a
 * space if it is as long, for kernels that check the last byte of all arguments.
 * Where more arguments follow, ps shows it: it is removed here.
 */
#ifndef TINED_BASE_TITLE_H
#define TINED_BASE_TITLE_H

/* Call it before anything else uses argv or the environment. */
void title_init(int argc, char *argv[]);

/* Sets the title to `tined: TEXT`. */
void title_set(const char *text);

#endif
