/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/stdfds.h"
#include "runner.h"

/* Descriptors 0 to 2 that are closed are opened on /dev/null, others stay. */
START_TEST(opens_what_is_closed_of_standard_io)
{
	int fds[2], status, mask;
	pid_t pid;

	for (mask = 0; mask < 8; mask++) {
		ck_assert_int_eq(pipe(fds), 0);
		if ((pid = fork()) == 0) {
			int fd, good, next;

			for (fd = 0; fd < 3; fd++)
				if ((mask >> fd & 1) != 0)
					close(fd);
			next = fcntl(fds[0], F_DUPFD, 3);
			close(next);
			good = stdfds_open() == 0;
			for (fd = 0; fd < 3; fd++)
				good &= fcntl(fd, F_GETFD) == 0;
			good &= fcntl(fds[0], F_DUPFD, 3) == next;
			_exit(good ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_msg(status == 0, "closed: %d", mask);
		close(fds[0]);
		close(fds[1]);
	}
}
END_TEST

/* Those after the last one stay, and no descriptor is left over. */
START_TEST(makes_descriptors_null)
{
	int status, last;
	pid_t pid;

	for (last = 0; last < 3; last++) {
		if ((pid = fork()) == 0) {
			struct stat null, st[4];
			int fd, fds[2], good, next;

			good = pipe(fds) == 0 && stat("/dev/null", &null) == 0;
			for (fd = 0; fd < 3; fd++)
				good &= dup2(fds[1], fd) == fd &&
				    fstat(fd, &st[fd]) == 0;
			next = dup(1);
			close(next);
			good &= stdfds_null(last) == 0;
			for (fd = 0; fd < 3; fd++) {
				good &= fstat(fd, &st[3]) == 0;
				good &= st[3].st_rdev ==
				    (fd <= last ? null : st[fd]).st_rdev;
			}
			good &= dup(1) == next;
			_exit(good ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_msg(status == 0, "to: %d", last);
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, opens_what_is_closed_of_standard_io);
	tcase_add_test(tc, makes_descriptors_null);
}

int
main(void)
{
	return runner_main("stdfds", add);
}
