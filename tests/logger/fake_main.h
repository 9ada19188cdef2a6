/* SPDX-License-Identifier: ISC */
/*
 * A stand-in for main: runs a logger as main does, a process on a socketpair,
 * its standard error a pipe that the test reads.  Everything fails the test
 * that calls it if it does not go well.
 */
#ifndef TINED_TESTS_MAIN_FAKE_MAIN_H
#define TINED_TESTS_MAIN_FAKE_MAIN_H

#include <sys/types.h>

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/record.h"
#include "logger/logger.h"
#include "logger/loglines.h"

extern pid_t logger;
extern int control;             /* main's end of the socketpair */
extern int output;              /* what the logger writes */
extern bool nonblocking;        /* its standard error shall be */
extern char seen[];             /* all that was read of it, a string */
extern struct logline_read got; /* each_line's last */

/* Text on standard error, info, whole peers, no change of user. */
struct log_settings plain_settings(void);

void start(void); /* with these */
void start_with(const struct log_settings *settings);
void tell(enum logger_type type, const char *service, int fd);

/* Hands a pipe's read end over; the write end. */
int give_pipe(const char *service);

/* The acceptor's end of a socket for programs' standard errors. */
int give_stderrs(const char *service);

/* As many of them as LOGGER_STDERRS says from now on. */
extern struct stderr_limits limits;

/* A read end that main keeps. */
void give_back(const char *service, uint64_t id, int32_t pid, int fd);

/* Waits for what the logger has to say to main; the descriptor, or -1. */
int hear(struct logger_report *r);

/* Whether there is nothing of that kind. */
bool nothing_to_hear(void);

/* The logger is killed, and has ended. */
void kill_logger(void);

/* What an acceptor does for a session; the program's standard error. */
int give_stderr(int sock, uint64_t id, int32_t pid);

void say(int fd, const char *text);

/* An event with the pairs service=main and key=value; of peer the value is an IP
 * address. */
void send_event(int fd, enum level level, const char *event, const char *key,
    const char *value);

/* A slot of 192.0.2.77 with that id that has ended, and its record. */
struct scoreboard_slot a_slot(uint64_t id);
void send_end(int fd, const struct scoreboard_slot *slot);

/* Reads some output; false at its end. */
bool read_some(void);
void read_ready(void); /* What is there, without waiting. */
void wait_for(const char *text);

/* Waits until the logger has heard all that it was told. */
void wait_until_heard(void);

/* How many the logger has open. */
size_t count_descriptors(void);

/* NULL, or why they cannot be counted: for runner_add. */
const char *descriptors_hidden(void);

/* Reads all that is left; the logger must end well.  stop tells it to. */
void finish(void);
void stop(void);

/* Calls f for each line, each of which must be a good one; their number. */
size_t each_line(void (*f)(const struct logline_read *r));

/* A Check program's main. */
int fake_main(int argc, char *argv[], const char *name, void (*add)(TCase *));

#endif
