/* SPDX-License-Identifier: ISC */
#include "config.h"

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

static void *
or_exit(void *p)
{
	if (p == NULL)
		err(EX_OSERR, "configuration");
	return p;
}

void *
mem_array(size_t n, size_t size)
{
	return or_exit(calloc(n == 0 ? 1 : n, size));
}

void *
mem_grow(void *p, size_t n, size_t size)
{
	return or_exit(reallocarray(p, n == 0 ? 1 : n, size));
}

char *
mem_strdup(const char *s)
{
	return or_exit(strdup(s));
}

char *
mem_strndup(const char *s, size_t n)
{
	return or_exit(strndup(s, n));
}

char *
mem_vprintf(const char *fmt, va_list ap)
{
	char *s;
	int n = vasprintf(&s, fmt, ap);

	return or_exit(n == -1 ? NULL : s);
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
