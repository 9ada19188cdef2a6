/* SPDX-License-Identifier: ISC */
/*
 * An input as a command line: its words are those between NULs.
 */
#ifndef TINED_TESTS_FUZZ_WORDS_H
#define TINED_TESTS_FUZZ_WORDS_H

#include <string.h>

#include "fuzz/fuzz.h"

#define WORDS_MAX  64
#define WORDS_TEXT 4096

struct words {
	int argc;
	char *argv[WORDS_MAX + 1]; /* ends with NULL */
	char text[WORDS_TEXT];
};

/* Each word is a copy of its own on the heap, so that a sanitizer sees its
 * end; words_free.  argv[0] is name.  0, or -1 when it is too long. */
static inline int
words_split(struct words *w, const char *name, const uint8_t *data, size_t size)
{
	char *p = w->text;

	if (size >= sizeof(w->text))
		return -1;
	memcpy(w->text, data, size);
	w->text[size] = '\0';
	w->argc = 0;
	w->argv[w->argc++] = strdup(name);
	for (; p < w->text + size && w->argc < WORDS_MAX; p += strlen(p) + 1)
		w->argv[w->argc++] = strdup(p);
	w->argv[w->argc] = NULL;
	return 0;
}

/* getopt permutes nothing here, but argv may have been changed. */
static inline void
words_free(struct words *w)
{
	int i;

	for (i = 0; i < w->argc; i++)
		free(w->argv[i]);
}

#endif
