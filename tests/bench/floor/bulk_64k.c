/* SPDX-License-Identifier: ISC */
#define FLOOR_BUFFER 65536
#include "fork_echo.c"
