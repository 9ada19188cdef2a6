/* SPDX-License-Identifier: ISC */
/* What the probe tries with other processes and with what is shared. */
#include "config.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "behaviour/probe.h"

static int
do_kill(int pid)
{
	return kill(pid, 0);
}

/* What there is already, so that nothing changes where it may be set. */
static int
do_limit(int pid)
{
	struct rlimit rl;

	if (prlimit(pid, RLIMIT_STACK, NULL, &rl) == -1)
		return -1;
	return prlimit(pid, RLIMIT_STACK, &rl, NULL);
}

static int
do_read_limit(int pid)
{
	struct rlimit rl;

	return prlimit(pid, RLIMIT_STACK, NULL, &rl);
}

static int
do_nice(int pid)
{
	return setpriority(PRIO_PROCESS, (id_t)pid,
	    getpriority(PRIO_PROCESS, (id_t)pid));
}

static int
do_nice_group(int group)
{
	return setpriority(PRIO_PGRP, (id_t)group,
	    getpriority(PRIO_PGRP, (id_t)group));
}

static int
do_affinity(int pid)
{
	cpu_set_t cpus;

	if (sched_getaffinity(pid, sizeof(cpus), &cpus) == -1)
		return -1;
	return sched_setaffinity(pid, sizeof(cpus), &cpus);
}

static int
do_schedule(int pid)
{
	const struct sched_param param = { .sched_priority = 0 };

	return sched_setscheduler(pid, SCHED_OTHER, &param);
}

static int
do_shm(int size)
{
	int id = shmget(IPC_PRIVATE, (size_t)size, 0600);

	return id == -1 ? -1 : shmctl(id, IPC_RMID, NULL);
}

static int
do_sem(int n)
{
	int id = semget(IPC_PRIVATE, n, 0600);

	return id == -1 ? -1 : semctl(id, 0, IPC_RMID);
}

static int
do_msg(int mode)
{
	int id = msgget(IPC_PRIVATE, mode);

	return id == -1 ? -1 : msgctl(id, IPC_RMID, NULL);
}

static int
do_queue(int mode)
{
	char name[TMP_ROOM];

	snprintf(name, sizeof(name), "/tined-probe.%d", (int)getpid());
	if (mq_open(name, O_CREAT | O_RDWR, mode, NULL) == (mqd_t)-1)
		return -1;
	return mq_unlink(name);
}

void
try_reach(void)
{
	try("kill self", do_kill, getpid());
	try("kill other", do_kill, other_pid);
	try("limit self", do_limit, 0);
	try("limit self by number", do_limit, getpid());
	try("limit other", do_limit, other_pid);
	try("read limit other", do_read_limit, other_pid);
	try("nice self", do_nice, 0);
	try("nice other", do_nice, other_pid);
	try("nice group", do_nice_group, 0);
	try("affinity self", do_affinity, 0);
	try("affinity other", do_affinity, other_pid);
	try("schedule self", do_schedule, 0);
	try("schedule other", do_schedule, other_pid);
	try("shared memory", do_shm, 4096);
	try("semaphores", do_sem, 1);
	try("messages", do_msg, 0600);
	try("message queue", do_queue, 0600);
}
