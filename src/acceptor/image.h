/* SPDX-License-Identifier: ISC */
/*
 * The writable part of the program in memory, as few mappings as can be: what
 * fork costs most is each private mapping that has been written, whatever its
 * size.  The linker leaves three, the relocated constants (RELRO), .data and
 * .bss; here they become one, and a shared one that fork need not copy.
 */
#ifndef TINED_ACCEPTOR_IMAGE_H
#define TINED_ACCEPTOR_IMAGE_H

/*
 * Puts the relocated constants into a sealed file in memory, which nothing can
 * make writable again, and .data and .bss into one mapping.  To be called when
 * there is one thread.  What fails is left as it was: it works, and costs more.
 */
void image_pack(void);

#endif
