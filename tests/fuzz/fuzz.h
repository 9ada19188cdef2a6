/* SPDX-License-Identifier: ISC */
/*
 * What a fuzz target exports: libFuzzer's interface, which AFL++ knows, too.
 *
 *   clang -g -fsanitize=fuzzer,address,undefined -Isrc -Itests -I. \
 *       tests/fuzz/fuzz_addr.c src/base/addr*.c src/base/cidr.c -o fuzz_addr
 *   ./fuzz_addr tests/fuzz/seeds/addr
 *
 * replay.c is a main for `make check`, which feeds the seeds alone.
 */
#ifndef TINED_TESTS_FUZZ_FUZZ_H
#define TINED_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An invariant of a target; assert(3) that NDEBUG does not take away. */
#define FUZZ_REQUIRE(what)                                                     \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
			    #what);                                            \
			abort();                                               \
		}                                                              \
	} while (0)

#endif
