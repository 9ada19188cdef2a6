/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>

#include "ipc/builtin.h"
#include "main/sandboxes.h"
#include "sandbox/kernel.h"

void
sandboxes_check(const struct config *c, bool warn, struct errors *errors)
{
	static const char text[] = "%s: this kernel lacks %s";
	char lacks[KERNEL_LACKS_MAX];
	const struct service_conf *conf;

	TAILQ_FOREACH (conf, &c->services, entry) {
		kernel_lacks(conf->builtin != BUILTIN_NONE, conf->sandbox,
		    lacks, sizeof(lacks));
		if (lacks[0] == '\0')
			continue;
		if (conf->sandbox_required)
			errors_add(errors, &conf->where, text, conf->name,
			    lacks);
		else if (warn)
			errors_warn(errors, &conf->where, text, conf->name,
			    lacks);
	}
}
