/* SPDX-License-Identifier: ISC */
/*
 * The children of this process, as /proc lists them.
 *
 * wait(2) for any child walks through all that live until it meets one that has
 * ended, for each one again.  Where some thousands live and some hundred end a
 * second that takes all the time there is.  The list is read once for all of
 * them, part by part; wait(2) for a given pid takes the kernel no search.  None
 * in the list is to be reaped between two parts: that moves those behind it up,
 * and as many are left out.  So those that have ended are kept until the last.
 */
#ifndef TINED_BASE_OFFSPRING_H
#define TINED_BASE_OFFSPRING_H

#include <sys/types.h>

#include <stdbool.h>

#define OFFSPRING_PART 4096 /* the kernel gives no more at once */
#define OFFSPRING_KEPT 4096
#define OFFSPRING_TURN 512 /* as many of them as are reaped in a turn */

struct offspring {
	int fd;      /* -1: there is no list */
	off_t at;    /* of the next part */
	bool failed; /* the part could not be read */
	bool last;   /* the part is the last one */
	bool whole;  /* then: there was room for all that were to be kept */
	unsigned int nkept;
	pid_t kept[OFFSPRING_KEPT];
	char *next;
	char part[OFFSPRING_PART + 1];
};

/* Opens the list of the calling thread.  Without /proc, with that of another
 * namespace of pids or with a kernel without CONFIG_PROC_CHILDREN fd is -1. */
void offspring_open(struct offspring *o);

/* Reads the next part, after the last one the first.  One that cannot be read is
 * empty and the last. */
void offspring_read(struct offspring *o);

/* The next child of the part, or 0. */
pid_t offspring_next(struct offspring *o);

/* Keeps one that has ended.  Where there is no room it is left out, and the part
 * becomes the last one. */
void offspring_keep(struct offspring *o, pid_t pid);

/* After the last part: whether some are kept, and one of them, or 0. */
bool offspring_keeps(const struct offspring *o);
pid_t offspring_kept(struct offspring *o);

/*
 * Signals a child that is not reaped yet; with group set, all of the process
 * group that it was given as well, whether or not it has left that.
 * offspring_end sends TERM, and to a group CONT, too: it may be stopped.
 */
void offspring_signal(pid_t pid, bool group, int sig);
void offspring_end(pid_t pid, bool group);

#endif
