/* SPDX-License-Identifier: ISC */
/*
 * The program in memory, as few mappings as can be: fork copies each of them,
 * and what costs most is a private one that has been written, whatever its
 * size.  The linker leaves headers and relocations, the text, the constants, the
 * relocated constants (RELRO), .data and .bss; here they become the text, one
 * shared mapping of constants that fork need not copy, and one of variables.
 */
#ifndef TINED_ACCEPTOR_IMAGE_H
#define TINED_ACCEPTOR_IMAGE_H

/*
 * Puts the constants into a sealed file in memory, which nothing can make
 * writable again, and .data and .bss into one mapping; unmaps what only the
 * start of the program needs.  To be called when there is one thread.  What
 * fails is left as it was: it works, and costs more.
 */
void image_pack(void);

#endif
