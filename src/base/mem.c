/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif

#include "base/mem.h"

/* Untouched it takes address space, but no memory. */
#define RESERVE_SIZE (4u << 20)

static void *reserve;
static bool is_short;

int
mem_reserve(void)
{
	void *p = mmap(NULL, RESERVE_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	reserve = p;
	return 0;
}

bool
mem_is_short(void)
{
	return is_short;
}

void
mem_release(void)
{
	if (reserve != NULL)
		munmap(reserve, RESERVE_SIZE);
	reserve = NULL;
	is_short = false;
}

void
mem_spend(void)
{
	if (reserve == NULL)
		err(EX_OSERR, "configuration");
	mem_release();
	is_short = true;
}

void *
mem_array(size_t n, size_t size)
{
	void *p;

	while ((p = calloc(n == 0 ? 1 : n, size)) == NULL)
		mem_spend();
	return p;
}

void *
mem_grow(void *p, size_t n, size_t size)
{
	void *grown;

	while ((grown = reallocarray(p, n == 0 ? 1 : n, size)) == NULL)
		mem_spend();
	return grown;
}

char *
mem_strdup(const char *s)
{
	return mem_strndup(s, strlen(s));
}

char *
mem_strndup(const char *s, size_t n)
{
	char *copy;

	while ((copy = strndup(s, n)) == NULL)
		mem_spend();
	return copy;
}

char *
mem_vprintf(const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int n;

	for (;;) {
		va_copy(again, ap);
		n = vasprintf(&s, fmt, again);
		va_end(again);
		if (n != -1)
			return s;
		mem_spend();
	}
}

char *
mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	return s;
}

void
mem_trim(void)
{
#ifdef HAVE_MALLOC_TRIM
	malloc_trim(0);
#endif
}
