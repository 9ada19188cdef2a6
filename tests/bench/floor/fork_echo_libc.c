/* SPDX-License-Identifier: ISC */
/* Built with libc. */
#include "fork_echo.c"
