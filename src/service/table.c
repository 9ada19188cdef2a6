/* SPDX-License-Identifier: ISC */
/*
 * The built-in services by number, made from the list in ipc/builtin.h.
 */
#include "config.h"

#include <stddef.h>

#include "ipc/builtin.h"
#include "service/service.h"

#define ROW(name, help) [BUILTIN_##name] = &service_##name,
static const struct service *const table[] = { BUILTINS(ROW) };
#undef ROW

const struct service *
service_get(enum builtin b)
{
	if (b < 0 || b >= BUILTIN_COUNT)
		return NULL;
	return table[b];
}
