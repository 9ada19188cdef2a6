/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/offspring.h"

#define PID_TEXT_MAX 12 /* a part ends before a pid that does not fit */

/* Whether /proc is of our pid namespace. */
static bool
is_our_proc(void)
{
	char self[16];
	ssize_t n = readlink("/proc/self", self, sizeof(self) - 1);

	if (n <= 0)
		return false;
	self[n] = '\0';
	return strtol(self, NULL, 10) == getpid();
}

void
offspring_open(struct offspring *o)
{
	o->fd = -1;
	o->at = 0;
	o->nkept = 0;
	o->next = o->part;
	o->part[0] = '\0';
	if (is_our_proc())
		o->fd = open("/proc/thread-self/children",
		    O_RDONLY | O_CLOEXEC);
}

void
offspring_read(struct offspring *o)
{
	ssize_t n;

	o->next = o->part;
	n = io_pread(o->fd, o->part, OFFSPRING_PART, o->at);
	o->failed = n == -1;
	/* A pid is complete if a blank follows it. */
	while (n > 0 && o->part[n - 1] != ' ')
		n--;
	o->part[n > 0 ? n : 0] = '\0';
	o->whole = o->at == 0 || o->whole;
	o->last = n < OFFSPRING_PART - PID_TEXT_MAX;
	o->at = o->last ? 0 : o->at + n;
}

pid_t
offspring_next(struct offspring *o)
{
	long pid = strtol(o->next, &o->next, 10);

	if (*o->next == ' ')
		o->next++;
	return (pid_t)pid;
}

void
offspring_keep(struct offspring *o, pid_t pid)
{
	if (o->nkept < OFFSPRING_KEPT) {
		o->kept[o->nkept++] = pid;
		return;
	}
	o->whole = false;
	o->last = true;
	o->at = 0;
}

bool
offspring_keeps(const struct offspring *o)
{
	return o->last && o->nkept > 0;
}

pid_t
offspring_kept(struct offspring *o)
{
	return o->nkept > 0 ? o->kept[--o->nkept] : 0;
}

void
offspring_signal(pid_t pid, bool group, int sig)
{
	if (group)
		kill(-pid, sig);
	if (!group || getpgid(pid) != pid)
		kill(pid, sig);
}

void
offspring_end(pid_t pid, bool group)
{
	offspring_signal(pid, group, SIGTERM);
	if (group)
		offspring_signal(pid, group, SIGCONT);
}
