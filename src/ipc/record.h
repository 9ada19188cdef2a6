/* SPDX-License-Identifier: ISC */
/*
 * Log records: what acceptors and main write into the pipe to the logger.  A
 * record is one write of at most RECORD_MAX bytes, so records of several
 * writers do not mix.  The reader checks every byte; it closes a pipe with an
 * invalid record and goes on reading the others.
 */
#ifndef TINED_IPC_RECORD_H
#define TINED_IPC_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "ipc/slot.h"

#define RECORD_MAX    4096 /* PIPE_BUF of Linux */
#define RECORD_FIELDS 32

enum level {
	LEVEL_ERROR,
	LEVEL_WARNING,
	LEVEL_NOTICE,
	LEVEL_INFO,
	LEVEL_DEBUG,
	LEVELS
};

enum record_kind {
	RECORD_EVENT = 1, /* level, peer, event and pairs as strings */
	RECORD_END /* the slot of a session that has ended: event `end` */
};

/* Begins every record, so that a new logger finds the next one in a pipe that
 * an earlier logger was reading.  Not valid UTF-8. */
#define RECORD_MAGIC 0x01fe

struct record_head {
	uint16_t magic;
	uint16_t size; /* the head included */
	uint8_t kind;
	uint8_t level;
};

/* A RECORD_EVENT being made.  A pair that does not fit is left out; a value
 * that does not fit is cut and ends in "...". */
struct record {
	struct record_head head;
	uint8_t peer[sizeof(struct addr)]; /* not aligned */
	char
	    text[RECORD_MAX - sizeof(struct record_head) - sizeof(struct addr)];
};

void record_begin(struct record *r, enum level level, const char *event);
void record_str(struct record *r, const char *key, const char *value);
void record_int(struct record *r, const char *key, int64_t value);

/* The peer, of which there is one in a record.  Its pair has an empty value:
 * the logger, which knows how peers are to be shown, prints it. */
void record_peer(struct record *r, const struct addr *peer);

/* Writes it to fd; 0, or -1 with errno (EAGAIN: the pipe is full). */
int record_send(const struct record *r, int fd);

/* Writes the `end` record of a slot into buf.  Its size, at most 256; 0 where it
 * does not fit. */
size_t record_end(const struct scoreboard_slot *slot, void *buf, size_t size);

/*
 * Reading.  The size of the record that buf begins with: 0 when more bytes are
 * needed, -1 when it is not a record.
 */
int record_next(const void *buf, size_t size);

struct record_fields {
	const char *time; /* set by the logger: when it is logged, or NULL */
	struct addr peer; /* family AF_UNSPEC: none */
	enum level level;
	const char *event; /* pointers into the record */
	size_t n;
	const char *key[RECORD_FIELDS];
	const char *value[RECORD_FIELDS];
};

/* Appends a pair, for which there is room. */
static inline void
record_add(struct record_fields *f, const char *key, const char *value)
{
	f->key[f->n] = key;
	f->value[f->n++] = value;
}

/* Parses a whole RECORD_EVENT.  0, or -1 when it is malformed (a string without
 * its NUL, a key without a value or that is not [a-z_][a-z0-9_]*, a peer that
 * record_peer does not write). */
int record_fields(const void *rec, size_t size, struct record_fields *out);

/* The slot of a whole RECORD_END.  0, or -1 when it is malformed. */
int record_slot(const void *rec, size_t size, struct scoreboard_slot *out);

/*
 * What an acceptor sends to the logger with the reading end of a program's
 * standard error, on SETTINGS_FD_STDERRS.
 */
struct stderr_msg {
	uint64_t id; /* of the connection */
	int32_t pid;
	uint32_t pad;
};

const char *level_name(enum level l);

#endif
