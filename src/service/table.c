/* SPDX-License-Identifier: ISC */
/*
 * The built-in services by number, made from the list in ipc/builtin.h.
 */
#include "config.h"

#include <stddef.h>

#include "ipc/builtin.h"
#include "service/service.h"

#define ROW(name, help) [BUILTIN_##name] = service_##name,
static service_function *const table[] = { BUILTINS(ROW) };
#undef ROW

service_function *
service_get(enum builtin b)
{
	if (b < 0 || b >= BUILTIN_COUNT)
		return NULL;
	return table[b];
}
