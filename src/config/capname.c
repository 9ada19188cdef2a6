/* SPDX-License-Identifier: ISC */
/*
 * The names of capabilities(7), in the order of linux/capability.h.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "config/capname.h"

#define PREFIX "cap_"

static const char *const names[] = {
	"cap_chown",
	"cap_dac_override",
	"cap_dac_read_search",
	"cap_fowner",
	"cap_fsetid",
	"cap_kill",
	"cap_setgid",
	"cap_setuid",
	"cap_setpcap",
	"cap_linux_immutable",
	"cap_net_bind_service",
	"cap_net_broadcast",
	"cap_net_admin",
	"cap_net_raw",
	"cap_ipc_lock",
	"cap_ipc_owner",
	"cap_sys_module",
	"cap_sys_rawio",
	"cap_sys_chroot",
	"cap_sys_ptrace",
	"cap_sys_pacct",
	"cap_sys_admin",
	"cap_sys_boot",
	"cap_sys_nice",
	"cap_sys_resource",
	"cap_sys_time",
	"cap_sys_tty_config",
	"cap_mknod",
	"cap_lease",
	"cap_audit_write",
	"cap_audit_control",
	"cap_setfcap",
	"cap_mac_override",
	"cap_mac_admin",
	"cap_syslog",
	"cap_wake_alarm",
	"cap_block_suspend",
	"cap_audit_read",
	"cap_perfmon",
	"cap_bpf",
	"cap_checkpoint_restore",
};

#define NNAMES ((int)(sizeof(names) / sizeof(names[0])))

int
capability_find(const char *name)
{
	int i;

	if (strncasecmp(name, PREFIX, strlen(PREFIX)) == 0)
		name += strlen(PREFIX);
	for (i = 0; i < NNAMES; i++)
		if (strcasecmp(name, names[i] + strlen(PREFIX)) == 0)
			return i;
	return -1;
}

const char *
capability_name(int cap)
{
	return cap < 0 || cap >= NNAMES ? NULL : names[cap];
}
