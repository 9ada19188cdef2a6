/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "ipc/builtin.h"

#define BUILTIN_ROW(name, help) [BUILTIN_##name] = { #name, help },

static const struct {
	const char *name;
	const char *help;
} builtins[BUILTIN_COUNT] = { BUILTINS(BUILTIN_ROW) };

enum builtin
builtin_find(const char *name)
{
	int b;

	for (b = 0; b < BUILTIN_COUNT; b++) {
		if (strcmp(name, builtins[b].name) == 0)
			return (enum builtin)b;
	}
	return BUILTIN_NONE;
}

const char *
builtin_name(enum builtin b)
{
	return b >= 0 && b < BUILTIN_COUNT ? builtins[b].name : NULL;
}

const char *
builtin_help(enum builtin b)
{
	return b >= 0 && b < BUILTIN_COUNT ? builtins[b].help : NULL;
}
