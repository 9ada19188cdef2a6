/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

#include "base/shorten.h"

#define DOTS "..."

char *
shorten_text(char *buf, size_t size, const char *text)
{
	const size_t len = strlen(text), tail = size / 3;

	if (len < size || size <= tail + sizeof(DOTS)) /* no room for both */
		strlcpy(buf, text, size);
	else
		snprintf(buf, size, "%.*s" DOTS "%s",
		    (int)(size - tail - sizeof(DOTS)), text, text + len - tail);
	return buf;
}
