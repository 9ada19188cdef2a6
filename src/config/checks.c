/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/mem.h"
#include "config/checks.h"
#include "config/tree.h"
#include "config/unit.h"

static const struct setting *
setting_of(const struct checked *c, const char *directive)
{
	return setting_find(c->sc == NULL ? c->config->set : c->sc->set,
	    directive);
}

const struct where *
checks_where(const struct checked *c, const char *directive, size_t item)
{
	static const struct where nowhere = { .file = NULL };
	const struct list *items = &setting_of(c, directive)->items;

	if (item < items->n)
		return &items->v[item].where;
	return c->sc == NULL ? &nowhere : &c->sc->where;
}

void
checks_complain(const struct checked *c, const char *directive, size_t item,
    const char *fmt, ...)
{
	char *reason;
	va_list ap;

	va_start(ap, fmt);
	reason = mem_vprintf(fmt, ap);
	va_end(ap);
	errors_add_for(c->errors, checks_where(c, directive, item), directive,
	    reason);
	free(reason);
}

void
checks_refuse(const struct checked *c, const char *directive, size_t item,
    const char *text, const char *reason)
{
	if (reason != NULL)
		checks_complain(c, directive, item, "%s: %s", unit_shown(text),
		    reason);
}

bool
checks_is_wrong(const struct checked *c, const char *directive)
{
	return setting_of(c, directive)->wrong;
}
