/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tine/ask.h"
#include "tine/ask_connect.h"
#include "tine/json_string.h"
#include "tine/units.h"

bool
ask_option(struct ask *a, int opt, const char *arg)
{
	const char *why;

	switch (opt) {
	case ASK_JSON:
		a->json = true;
		return true;
	case ASK_SOCKET:
		a->socket = arg;
		return true;
	case 'w':
		why = units_duration(arg, &a->timeout);
		if (why != NULL)
			command_usage(a->command, "--timeout %s: %s", arg, why);
		return true;
	default:
		return false;
	}
}

int
ask_send(struct ask *a, enum command_verb verb)
{
	const struct command_request request = { .version = COMMAND_VERSION,
		.verb = verb };
	int status;

	a->began = units_now();
	status = ask_connect(a);
	if (status != 0)
		return status;
	/* Who was turned away at once finds his answer all the same. */
	(void)send(a->fd, &request, sizeof(request), MSG_NOSIGNAL);
	return 0;
}

/* Waits for fd: false when the time is up. */
static bool
wait_for(const struct ask *a, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t left = -1;
	int n;

	do {
		if (a->timeout != 0) {
			left = a->began + a->timeout - units_now();
			left = left < 0 ? 0 :
					  (left + NS_PER_MS - 1) / NS_PER_MS;
		}
		n = poll(&pfd, 1, left > INT32_MAX ? INT32_MAX : (int)left);
	} while (n == -1 && (errno == EINTR || errno == EAGAIN));
	return n != 0;
}

static int
timed_out(struct ask *a)
{
	char time[UNITS_TEXT_MAX];

	snprintf(a->last, sizeof(a->last), "not done within %s",
	    units_print_time((double)a->timeout, time, sizeof(time)));
	return EX_UNAVAILABLE;
}

static void
keep(struct ask *a, const char *text, size_t len)
{
	char *longer = realloc(a->text, a->len + len + 1);

	if (longer == NULL)
		err(EX_OSERR, "answer");
	memcpy(longer + a->len, text, len);
	a->text = longer;
	a->len += len;
	a->text[a->len] = '\0';
}

static int
take(struct ask *a, const char *packet, size_t size)
{
	struct command_answer head;
	size_t len = size - sizeof(head);

	memcpy(&head, packet, sizeof(head));
	if (head.type == COMMAND_TEXT)
		keep(a, packet + sizeof(head), len);
	if (head.type != COMMAND_END)
		return -1;
	memcpy(a->last, packet + sizeof(head), len);
	a->last[len] = '\0';
	return head.code >= 0 && head.code < 128 ? head.code : EX_OSERR;
}

int
ask_receive(struct ask *a)
{
	char packet[COMMAND_PACKET_MAX];
	ssize_t n;

	if (!wait_for(a, a->fd))
		return timed_out(a);
	do {
		n = recv(a->fd, packet, sizeof(packet), MSG_DONTWAIT);
		/* The request was not read: the answer comes after it. */
	} while (n == -1 && (errno == EINTR || errno == ECONNRESET));
	if (n == -1 && errno == EAGAIN)
		return -1;
	if (n >= (ssize_t)sizeof(struct command_answer))
		return take(a, packet, (size_t)n);
	if (n <= 0)
		snprintf(a->last, sizeof(a->last),
		    "tined has ended before it answered");
	else
		snprintf(a->last, sizeof(a->last),
		    "the answer is not one of tined");
	return EX_UNAVAILABLE;
}

int
ask_verdict(struct ask *a)
{
	int status;

	do {
		status = ask_receive(a);
	} while (status == -1);
	return status;
}

int
ask_wait(struct ask *a)
{
	if (a->pidfd != -1 && !wait_for(a, a->pidfd))
		return timed_out(a);
	return 0;
}

/* Escapes everything but printable ASCII: a terminal would obey it. */
static void
put(FILE *fp, const char *s, size_t len)
{
	unsigned char c;

	for (; len > 0; len--) {
		c = (unsigned char)*s++;
		if (c == '\n' || (c >= 0x20 && c < 0x7f))
			putc(c, fp);
		else
			fprintf(fp, "\\%03o", c);
	}
}

static void
print_json(const struct ask *a, int status)
{
	char *rest = a->text, *line;
	bool first = true;

	printf("{\"command\": \"%s\", \"exit\": %d, \"result\": ",
	    a->command->name, status);
	json_string(a->last);
	printf(", \"messages\": [");
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == '\0')
			continue;
		if (!first)
			printf(", ");
		json_string(line);
		first = false;
	}
	printf("]}\n");
}

void
ask_print_text(struct ask *a)
{
	if (a->json)
		return;
	put(stderr, a->text, a->len);
	free(a->text);
	a->text = NULL;
	a->len = 0;
}

int
ask_print(struct ask *a, int status)
{
	FILE *fp = status == 0 ? stdout : stderr;

	ask_print_text(a);
	if (a->json) {
		print_json(a, status);
	} else {
		if (status != 0)
			fputs("tine: ", fp);
		put(fp, a->last, strlen(a->last));
		putc('\n', fp);
	}
	free(a->text);
	a->text = NULL;
	a->len = 0;
	if (fflush(stdout) == EOF) {
		warn("write standard output");
		return status == 0 ? EXIT_PROBLEM : status;
	}
	return status;
}
