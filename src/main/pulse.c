/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "ipc/control.h"
#include "main/pulse.h"

#define PINGS_MAX 2

bool
pulse_is_stopped(pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &si, WSTOPPED | WNOHANG | WNOWAIT) ==
	    0 &&
	    si.si_pid == pid;
}

/* By proc_pid_status(5). */
bool
pulse_is_traced(pid_t pid)
{
	static const char key[] = "\nTracerPid:\t";
	char path[32], text[4096];
	const char *at;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	n = io_read_all(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, key);
	return at != NULL && at[strlen(key)] != '0';
}

void
pulse_answer(struct worker *w, int64_t now)
{
	w->pings = 0;
	w->ping_at = clock_beat(now, PULSE_MS);
}

void
pulse_soon(struct worker *w, int64_t now)
{
	if (w->pings == 0)
		w->ping_at = now;
}

/* Whether there is a message of it that main has not read yet. */
static bool
has_message(const struct worker *w)
{
	char c;

	return recv(w->control.fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

static void
give_up(struct worker *w, int64_t now)
{
	pulse_answer(w, now);
	if (pulse_is_traced(w->pid))
		return;
	log_message(LEVEL_ERROR, "%s: the acceptor %d %s: killing it",
	    w->served->name, (int)w->pid,
	    pulse_is_stopped(w->pid) ? "was stopped" : "does not answer");
	kill(w->pid, SIGKILL);
}

int64_t
pulse_step(struct worker *w, int64_t now)
{
	if (w->state == WORKER_STARTING || w->control.fd == -1)
		return 0;
	if (w->ping_at == 0)
		w->ping_at = clock_beat(now, PULSE_MS);
	if (w->ping_at > now)
		return w->ping_at;
	if (w->pings > 0 &&
	    (now - w->ping_at > PULSE_LATE_MS || has_message(w)))
		w->ping_at = now + PULSE_WAIT_MS;
	else if (w->pings < PINGS_MAX) {
		/* One that its socket has no room for counts as unanswered. */
		control_send(w->control.fd, CONTROL_PING, 0, NULL);
		w->pings++;
		w->ping_at = now +
		    (w->pings < PINGS_MAX ? PULSE_MS : PULSE_WAIT_MS);
	} else
		give_up(w, now);
	return w->ping_at;
}
