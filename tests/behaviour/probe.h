/* SPDX-License-Identifier: ISC */
/*
 * What the parts of the probe share: each tries one kind of thing and prints a
 * line for each.
 */
#ifndef TINED_TESTS_BEHAVIOUR_PROBE_H
#define TINED_TESTS_BEHAVIOUR_PROBE_H

#define NELEMS(array) (sizeof(array) / sizeof((array)[0]))

#define TMP_ROOM 64

extern const char *directory;
extern int other_pid, tcp_port;

/* The path of a name in the directory, until the next one. */
const char *at(const char *name);

/* Runs a try in a child and prints what has become of it. */
void try(const char *name, int (*what)(int), int arg);

/* System calls by their numbers, and namespaces. */
void try_calls(void);

/* What only root may, memory that is code. */
void try_rights(void);

/* Modes that give a program the rights of its file's owner. */
void try_suid(void);

/* Files inside and outside, their attributes, devices, /tmp, programs. */
void try_files(void);

void try_network(void);

/* Other processes, System V IPC and message queues. */
void try_reach(void);

#endif
