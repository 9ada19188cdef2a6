/* SPDX-License-Identifier: ISC */
/*
 * A clock that a test can set while the program runs, for tests of what the
 * wall clock must not touch.  The first eight bytes of the file that
 * CLOCKSET_FILE names are the seconds by which CLOCK_REALTIME is wrong; the
 * next two counters say how often that clock and others were read.
 *
 * Linked with -Wl,--wrap=clock_gettime, or, with -DPRELOAD, made a library for
 * LD_PRELOAD.
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct shared {
	_Atomic int64_t seconds;
	_Atomic uint64_t wall;
	_Atomic uint64_t others;
};

static struct shared nothing;
static struct shared *shared = &nothing;

#ifdef PRELOAD
static int
ask(clockid_t id, struct timespec *ts)
{
	return (int)syscall(SYS_clock_gettime, id, ts);
}
#define CLOCK_GETTIME clock_gettime
#else
int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);
#define ask           __real_clock_gettime
#define CLOCK_GETTIME __wrap_clock_gettime
#endif

/* Before anything is confined. */
__attribute__((constructor)) static void
map(void)
{
#ifdef CLOCKSET_FILE
	const char *path = CLOCKSET_FILE;
#else
	const char *path = getenv("CLOCKSET_FILE");
#endif
	int fd;
	void *p;

	if (path == NULL || (fd = open(path, O_RDWR | O_CLOEXEC)) == -1)
		return;
	p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	close(fd);
	if (p != MAP_FAILED)
		shared = p;
}

int
CLOCK_GETTIME(clockid_t id, struct timespec *ts)
{
	int result = ask(id, ts);

	if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE) {
		shared->others++;
		return result;
	}
	shared->wall++;
	ts->tv_sec += shared->seconds;
	return result;
}
