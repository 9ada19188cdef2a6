/* SPDX-License-Identifier: ISC */
/*
 * The children of this process, as /proc lists them.
 *
 * wait(2) for any child walks over the living ones until it finds one that has
 * ended, each time again: with some thousands of children, of which some hundred
 * end each second, this takes all processor time.  The list is read once for all
 * of them, in parts; wait(2) for a pid needs no search.  No child may be reaped
 * between two parts: those behind it would move up, and be missed.  So children
 * that have ended are kept until the last part.
 */
#ifndef TINED_BASE_OFFSPRING_H
#define TINED_BASE_OFFSPRING_H

#include <sys/types.h>

#include <stdbool.h>

#define OFFSPRING_PART 4096 /* the most of one read(2) */
#define OFFSPRING_KEPT 4096
#define OFFSPRING_TURN 512 /* as many of them as are reaped in a turn */

struct offspring {
	int fd;      /* -1: there is no list */
	off_t at;    /* of the next part */
	bool failed; /* the part could not be read */
	bool last;   /* the part is the last one */
	bool whole;  /* there was room for all that were to be kept */
	unsigned int nkept;
	pid_t kept[OFFSPRING_KEPT];
	char *next;
	char part[OFFSPRING_PART + 1];
};

/* Opens the list of the calling thread.  fd is -1 without /proc, with that of
 * another pid namespace, and without CONFIG_PROC_CHILDREN. */
void offspring_open(struct offspring *o);

/* Reads the next part, after the last one the first.  A part that cannot be read
 * is empty and the last. */
void offspring_read(struct offspring *o);

/* The next child of the part, or 0. */
pid_t offspring_next(struct offspring *o);

/* Keeps a child that has ended.  If there is no room it is left out, and the part
 * becomes the last. */
void offspring_keep(struct offspring *o, pid_t pid);

/* After the last part: whether children are kept, and one of them, or 0. */
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
