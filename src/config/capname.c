/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stddef.h>
#include <strings.h>

#include "config/capname.h"

/* In the order of linux/capability.h. */
static const char *const names[] = { "chown", "dac_override", "dac_read_search",
	"fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
	"linux_immutable", "net_bind_service", "net_broadcast", "net_admin",
	"net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio",
	"sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot",
	"sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
	"lease", "audit_write", "audit_control", "setfcap", "mac_override",
	"mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read",
	"perfmon", "bpf", "checkpoint_restore" };

#define NNAMES ((int)(sizeof(names) / sizeof(names[0])))

int
capability_find(const char *name)
{
	int i;

	if (strncasecmp(name, "cap_", 4) == 0)
		name += 4;
	for (i = 0; i < NNAMES; i++)
		if (strcasecmp(name, names[i]) == 0)
			return i;
	return -1;
}

const char *
capability_name(int cap)
{
	return cap < 0 || cap >= NNAMES ? NULL : names[cap];
}
