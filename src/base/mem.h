/* SPDX-License-Identifier: ISC */
/*
 * Memory for the configuration, allocated at the start and at a reload.  Without
 * memory the process exits with a message (EX_OSERR).  A reload must not end what
 * is served: it sets some aside first, and is refused when that was needed.
 */
#ifndef TINED_BASE_MEM_H
#define TINED_BASE_MEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* mem_array is zeroed.  Both check for overflow as reallocarray(3) does. */
void *mem_array(size_t n, size_t size);
void *mem_grow(void *p, size_t n, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
char *mem_vprintf(const char *fmt, va_list ap)
    __attribute__((format(printf, 1, 0)));
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Sets memory aside until mem_release: 0, or -1 with errno. */
int mem_reserve(void);
void mem_release(void);

/* Whether the reserve has been spent: what goes on ends as soon as it can. */
bool mem_is_short(void);

/* After an allocation has failed: spends the reserve, so that another attempt may
 * succeed.  Without a reserve the process ends, as above. */
void mem_spend(void);

/* Returns free memory of the heap to the system if libc can (malloc_trim(3)):
 * freed configurations leave holes. */
void mem_trim(void);

#endif
