/* SPDX-License-Identifier: ISC */
/*
 * Values of directives: from what was written into the typed member.
 */
#ifndef TINED_CONFIG_VALUE_H
#define TINED_CONFIG_VALUE_H

#include "config/directive.h"
#include "config/errors.h"
#include "config/types.h"

/* A duration that depends on others: as text its default, or the name of the
 * directive that it is the same as. */
#define VALUE_LATER (-1)
#define VALUE_SAME  (-2)

/*
 * Sets the member of conf from what was written, or from the table's default
 * where nothing was, or where it is wrong, which is reported: at the item, or
 * at otherwise where it has none.  The member points into set.
 */
void value_set(struct setting *set, void *conf, const struct where *otherwise,
    struct errors *errors);

/* The same for all settings of a scope. */
void value_set_all(struct setting *set, void *conf,
    const struct where *otherwise, struct errors *errors);

#endif
