/* SPDX-License-Identifier: ISC */
#define FLOOR_BUFFER 1048576
#include "fork_echo.c"
