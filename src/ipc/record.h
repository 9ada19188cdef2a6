/*
 * Records on their way to the logger: what acceptors and main write into the
 * log pipe.  One record is one write of at most RECORD_MAX bytes, so records of
 * several writers never mix.  The reader checks every byte of it: a pipe whose
 * bytes are no records is given up, the others go on.
 */
#ifndef TINED_BASE_RECORD_H
#define TINED_BASE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/scoreboard.h"

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
	RECORD_EVENT = 1, /* level, event and pairs as strings */
	RECORD_END        /* a scoreboard_slot that ended: event `end` */
};

/* Begins every record, so that a new logger finds the next one in a pipe that
 * another had begun to read.  Never UTF-8. */
#define RECORD_MAGIC 0x01fe

struct record_head {
	uint16_t magic;
	uint16_t size; /* the head included */
	uint8_t kind;
	uint8_t level;
};

/* A RECORD_EVENT being made.  What does not fit is left out; a
 * value is cut and ends in "...". */
struct record {
	struct record_head head;
	char text[RECORD_MAX - sizeof(struct record_head)];
};

void record_begin(struct record *r, enum level level, const char *event);
void record_str(struct record *r, const char *key, const char *value);
void record_int(struct record *r, const char *key, int64_t value);

/* Writes it to fd; 0, or -1 with errno (EAGAIN: the pipe is full). */
int record_send(const struct record *r, int fd);

/* Writes the `end` record of a slot into buf; its size, at most 256. */
size_t record_end(const struct scoreboard_slot *slot, void *buf, size_t size);

/*
 * Reading.  record_next takes the first whole record of buf: its size, 0 when
 * more bytes are needed, -1 when what is there is no record.
 */
int record_next(const void *buf, size_t size);

struct record_fields {
	const char
	    *time; /* no part of the record: when it is logged, or NULL */
	enum level level;
	const char *event; /* pointers into the record */
	size_t n;
	const char *key[RECORD_FIELDS];
	const char *value[RECORD_FIELDS];
};

/* Takes a whole RECORD_EVENT apart.  0, or -1 when it is malformed (a string
 * without end, an odd count, a key that is not [a-z_][a-z0-9_]*). */
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
