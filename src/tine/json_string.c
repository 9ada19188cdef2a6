/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>

#include "base/json.h"
#include "tine/json_string.h"

void
json_string(const char *s)
{
	char one[JSON_CHARACTER] = { 0 };

	putchar('"');
	while (*s != '\0')
		fwrite(one, json_next(&s, one), 1, stdout);
	putchar('"');
}
