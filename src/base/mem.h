/* SPDX-License-Identifier: ISC */
/*
 * Memory for the configuration: small pieces, made at start and at a reload.
 * Where not even these are to be had, the process ends with one line
 * (EX_OSERR).
 */
#ifndef TINED_BASE_MEM_H
#define TINED_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* Zeroed; reallocarray's overflow check; never NULL. */
void *mem_array(size_t n, size_t size);
void *mem_grow(void *p, size_t n, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
char *mem_vprintf(const char *fmt, va_list ap)
    __attribute__((format(printf, 1, 0)));
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Gives what is free of the heap back to the system, where libc can do that
 * (malloc_trim(3)): configurations come and go, and leave holes. */
void mem_trim(void);

#endif
