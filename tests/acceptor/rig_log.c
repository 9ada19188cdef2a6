/* SPDX-License-Identifier: ISC */
/* What the rig's acceptor logs, and a log that is full. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/rig.h"

bool
rig_record(struct rig_record *r)
{
	struct record_head head;
	ssize_t n = read(rig_log, &head, sizeof(head));

	r->kind = 0;
	if (n == -1 && errno == EAGAIN)
		return false;
	ck_assert_int_eq(n, sizeof(head));
	memcpy(r->bytes, &head, sizeof(head));
	n = read(rig_log, r->bytes + n, head.size - sizeof(head));
	ck_assert_int_eq(n, (ssize_t)(head.size - sizeof(head)));
	ck_assert_int_eq(record_next(r->bytes, head.size), head.size);
	r->kind = head.kind;
	if (r->kind == RECORD_END)
		ck_assert_int_eq(record_slot(r->bytes, head.size, &r->slot), 0);
	else
		ck_assert_int_eq(record_fields(r->bytes, head.size, &r->f), 0);
	return true;
}

const char *
rig_value(const struct rig_record *r, const char *key)
{
	static char peer[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < r->f.n; i++)
		if (strcmp(r->f.key[i], key) == 0)
			return strcmp(key, "peer") != 0 ?
			    r->f.value[i] :
			    addr_format(&r->f.peer, peer, sizeof(peer));
	return NULL;
}

void
rig_log_fill(void)
{
	char junk[4096] = { 0 };

	ck_assert_int_ne(fcntl(SETTINGS_FD_LOG, F_SETPIPE_SZ, 4096), -1);
	while (write(SETTINGS_FD_LOG, junk, sizeof(junk)) > 0)
		continue;
	while (write(SETTINGS_FD_LOG, junk, 1) > 0)
		continue;
	ck_assert_int_eq(errno, EAGAIN);
}

void
rig_log_empty(void)
{
	char junk[4096];

	while (read(rig_log, junk, sizeof(junk)) > 0)
		continue;
}
