/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/shorten.h"

#define DOTS "..."

char *
shorten_text(char *buf, size_t size, const char *text)
{
	const size_t dots = sizeof(DOTS) - 1, len = strlen(text);
	size_t head, tail;

	if (size == 0)
		return buf;
	if (len < size) {
		memcpy(buf, text, len + 1);
		return buf;
	}
	tail = size / 3;
	head = size - 1 > tail + dots ? size - 1 - tail - dots : 0;
	if (head == 0) { /* no room for both */
		memcpy(buf, text, size - 1);
		buf[size - 1] = '\0';
		return buf;
	}
	memcpy(buf, text, head);
	memcpy(buf + head, DOTS, dots);
	memcpy(buf + head + dots, text + len - tail, tail + 1);
	return buf;
}
