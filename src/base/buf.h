/* SPDX-License-Identifier: ISC */
/*
 * Text that is made by appending: in an array of the caller's, where what does
 * not fit is cut, or in memory that grows.  Numbers are printed without stdio,
 * whose pages a session would have to touch.
 */
#ifndef TINED_BASE_BUF_H
#define TINED_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed one grows, by mem_grow: where there is no memory left the process
 * ends, so what serves uses arrays only. */
struct buf {
	char *s; /* len bytes, without a NUL */
	size_t len;
	size_t size;
	bool fixed;
};

/* An empty one on an array. */
static inline struct buf
buf_on(char *array, size_t size)
{
	return (struct buf) { .s = array, .size = size, .fixed = true };
}

/* How many bytes fit, without growing. */
static inline size_t
buf_room(const struct buf *b)
{
	return b->size - b->len;
}

/* Appends n bytes.  False when they were cut. */
bool buf_add(struct buf *b, const char *s, size_t n);
bool buf_str(struct buf *b, const char *s);
bool buf_char(struct buf *b, char c);

/* Appends a decimal number. */
bool buf_uint(struct buf *b, uint64_t n);
bool buf_int(struct buf *b, int64_t n);

/* What is in it, with a NUL; in a full array that takes the last byte's place.
 * Valid until something is appended; of one that grows the caller frees it. */
char *buf_string(struct buf *b);

#endif
