/* SPDX-License-Identifier: ISC */
/*
 * The smallest program that a server can run: static, without libc, echoes
 * standard input with a buffer of 4 KiB.
 */
#include "floor.h"

int
main(void)
{
	FLOOR_ECHO(0, 1, 4096);
	return 0;
}
