/* SPDX-License-Identifier: ISC */
#ifndef TINED_MAIN_HEAP_H
#define TINED_MAIN_HEAP_H

/*
 * A heap that configurations come to and go from is broken up: gives what is
 * free in it back to the system, where libc can do that (malloc_trim(3)).
 */
void heap_trim(void);

#endif
