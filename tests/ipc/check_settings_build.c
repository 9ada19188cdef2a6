/* SPDX-License-Identifier: ISC */
/*
 * The builder of settings: what it adds, seals and copies, and where it cannot.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/scoreboard.h"
#include "ipc/settings_image.h"
#include "inject.h"
#include "runner.h"

static const struct scoreboard_place nowhere;

START_TEST(is_sealed_by_its_builder)
{
	struct settings_builder *b = settings_image_full();
	int fd = settings_seal(b);

	ck_assert_int_eq(fcntl(fd, F_GET_SEALS), SETTINGS_IMAGE_SEALS);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(pwrite(fd, "x", 1, 0), -1);
	ck_assert_int_eq(ftruncate(fd, 0), -1);
	settings_free(b);
}
END_TEST

START_TEST(is_copied_for_the_acceptor_of_a_section)
{
	int fd = settings_image_fd(settings_image_size, SETTINGS_IMAGE_SEALS);
	uint32_t n = scoreboard_slots_pages(scoreboard_nslots(10)), *pages, i;
	struct scoreboard_place p = { 9, 77, scoreboard_nsources(10),
		scoreboard_nslots(10), NULL, 12345 },
				got;
	const struct settings *s;
	const char *why = NULL;
	int copy;

	p.pages = pages = calloc(n, sizeof(*pages));
	for (i = 0; i < n; i++)
		pages[i] = 1000 + 3 * i;
	copy = settings_copy(fd, &p, true);
	s = settings_map(copy, &why);
	ck_assert_msg(s != NULL, "%s", why);
	got = settings_place(s);
	ck_assert_mem_eq(got.pages, pages, n * sizeof(*pages));
	got.pages = pages;
	ck_assert_mem_eq(&got, &p, sizeof(p));
	/* All else is the same. */
	ck_assert_uint_eq(s->wait, 1);
	settings_image.s.wait = 1;
	settings_image.s.place = s->place;
	settings_image.s.pages = s->pages;
	settings_image.s.size = s->size;
	ck_assert_mem_eq(s, settings_image.bytes, settings_image_size);
	settings_image_unmap(s);
	ck_assert_int_eq(settings_copy(-1, &p, false), -1);
	free(pages);
}
END_TEST

START_TEST(grows_to_its_largest_size_and_no_further)
{
	static char part[1 << 20];
	struct settings_builder *b = settings_image_full();
	int i;

	for (i = 0; i < 15; i++)
		ck_assert_uint_ne(settings_add_bytes(b, part, 1, sizeof(part))
				      .off,
		    0);
	for (i = 0; i < 3; i++)
		settings_add_bytes(b, part, 1, sizeof(part));
	ck_assert_int_eq(settings_seal(b), -1);
	ck_assert_int_eq(errno, E2BIG);
	ck_assert_uint_eq(settings_add_string(b, "later").count, 0);
	settings_free(b);
	settings_free(NULL);
}
END_TEST

START_TEST(adds_nothing_for_nothing)
{
	struct settings_builder *b = settings_image_full();
	struct settings_ref r = settings_add_string(b, NULL);

	ck_assert_uint_eq(r.count, 0);
	ck_assert_uint_eq(settings_add_list(b, NULL, 0).count, 0);
	ck_assert_uint_eq(settings_add_bytes(b, NULL, 8, 0).count, 0);
	ck_assert_uint_eq(settings_add_string(b, "").count, 1);
	settings_free(b);
}
END_TEST

START_TEST(cuts_a_service_name_that_is_too_long)
{
	char name[200];
	struct settings_builder *b;

	memset(name, 'n', sizeof(name));
	name[199] = '\0';
	b = settings_new(name);
	ck_assert_uint_eq(strlen(settings_of(b)->service),
	    SETTINGS_NAME_MAX - 1);
	settings_free(b);
}
END_TEST

START_TEST(takes_no_number_of_things_that_overflows)
{
	struct settings_builder *b = settings_image_full();

	ck_assert_uint_eq(settings_add_bytes(b, "", 8, SIZE_MAX / 4).count, 0);
	ck_assert_int_eq(settings_seal(b), -1);
	ck_assert_int_eq(errno, E2BIG);
	settings_free(b);
}
END_TEST

START_TEST(is_not_sealed_where_a_call_fails)
{
	static const long calls[] = { SYS_memfd_create, SYS_write, SYS_fcntl };
	struct settings_builder *b = settings_image_full();
	int before = dup(0), after;

	close(before);
	ck_assert_int_eq(inject(calls[_i], INJECT_ANY, ENOSPC), 0);
	ck_assert_int_eq(settings_seal(b), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(after = dup(0), before);
	close(after);
	settings_free(b);
}
END_TEST

START_TEST(is_not_copied_from_something_without_content)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(settings_copy(fds[0], &nowhere, false), -1);
}
END_TEST

/* From now on there is no memory, neither new nor in pieces of so much. */
static void
exhaust(size_t piece)
{
	static const struct rlimit none;
	static void *volatile taken;

	if (setrlimit(RLIMIT_AS, &none) == -1)
		_exit(99);
	for (; piece < 1 << 20; piece *= 2)
		do {
			taken = malloc(piece);
		} while (taken != NULL);
}

/*
 * 0 if what works without memory as it should.  In a child, because Check needs
 * some; the sanitizers end a program that finds none.
 */
static int
without_memory(int (*what)(struct settings_builder *b), size_t piece)
{
	struct settings_builder *b;
	int status = -1;
	pid_t pid;

	if (WIDE_SANDBOX)
		return 0;
	b = settings_image_full();
	if ((pid = fork()) == 0) {
		exhaust(piece);
		_exit(what(b));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	settings_free(b);
	return status;
}

static int
begin_one(struct settings_builder *b)
{
	(void)b;
	return settings_new("cat") != NULL;
}

/* Bytes need none: there is room for the most. */
static int
add_bytes(struct settings_builder *b)
{
	static const char much[65536];

	return settings_add_bytes(b, much, 1, sizeof(much)).off == 0 ||
	    settings_seal(b) == -1;
}

static int
add_list(struct settings_builder *b)
{
	static const char *const many[1000] = { "" };

	if (settings_add_list(b, many, 1000).off != 0)
		return 1;
	return settings_seal(b) == -1 && errno == ENOMEM ? 0 : 2;
}

static int
copy_one(struct settings_builder *b)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)b;
	return fd != -1 && settings_copy(fd, &nowhere, false) == -1 &&
		errno == ENOMEM ?
	    0 :
	    1;
}

START_TEST(says_that_there_was_no_memory)
{
	ck_assert_int_eq(without_memory(begin_one, 16), 0);
	ck_assert_int_eq(without_memory(begin_one, 1024), 0);
	ck_assert_int_eq(without_memory(add_bytes, 1024), 0);
	ck_assert_int_eq(without_memory(add_list, 1024), 0);
	ck_assert_int_eq(without_memory(copy_one, 1024), 0);
}
END_TEST

/* 0: copied with no more than 1 MiB of new memory. */
static int
copy_with_little(int fd)
{
	struct rlimit rl;
	unsigned long pages;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f == NULL || fscanf(f, "%lu", &pages) != 1)
		return 98;
	rl.rlim_cur = rl.rlim_max = pages * (rlim_t)sysconf(_SC_PAGESIZE) +
	    (1 << 20);
	if (setrlimit(RLIMIT_AS, &rl) == -1)
		return 99;
	return settings_copy(fd, &nowhere, false) == -1;
}

/* An acceptor that died must be replaced. */
START_TEST(is_copied_where_memory_is_short)
{
	int fd = settings_image_fd(settings_image_size, SETTINGS_IMAGE_SEALS);
	int status = -1;
	pid_t pid;

	if (WIDE_SANDBOX)
		return;
	if ((pid = fork()) == 0)
		_exit(copy_with_little(fd));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_checked_fixture(tc, settings_image_make, NULL);
	tcase_add_test(tc, is_sealed_by_its_builder);
	tcase_add_test(tc, is_copied_for_the_acceptor_of_a_section);
	tcase_add_test(tc, grows_to_its_largest_size_and_no_further);
	tcase_add_test(tc, adds_nothing_for_nothing);
	tcase_add_test(tc, cuts_a_service_name_that_is_too_long);
	tcase_add_test(tc, takes_no_number_of_things_that_overflows);
	runner_add_loop(tc, lack, is_not_sealed_where_a_call_fails, 0, 3);
	tcase_add_test(tc, is_not_copied_from_something_without_content);
	tcase_add_test(tc, says_that_there_was_no_memory);
	tcase_add_test(tc, is_copied_where_memory_is_short);
}

int
main(void)
{
	return runner_main("settings_build", add);
}
