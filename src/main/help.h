/* SPDX-License-Identifier: ISC */
/* What tined(8) says of itself. */
#ifndef TINED_MAIN_HELP_H
#define TINED_MAIN_HELP_H

#include "main/options.h"

void help_options(FILE *fp);
void help_version(FILE *fp);

/* Where no configuration is installed, prints how to get one. */
void help_configure(const struct options *o, FILE *fp);

#endif
