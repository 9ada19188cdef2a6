/* SPDX-License-Identifier: ISC */
/*
 * Settings as a whole: what was put in comes out, and those that are not sealed,
 * not of their size or not of this build are refused.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/settings_image.h"
#include "inject.h"
#include "runner.h"

START_TEST(gives_back_what_was_put_in)
{
	const char *why;
	const struct settings *s = settings_image_map(&why);
	const struct settings_access *rule;
	const uint32_t *group;

	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->service, "cat");
	ck_assert_uint_eq(s->argv.count, 3);
	ck_assert_str_eq(settings_item(s, s->argv, 0), "/bin/cat");
	ck_assert_str_eq(settings_item(s, s->argv, 1), "-u");
	ck_assert_str_eq(settings_item(s, s->argv, 2), "");
	ck_assert_str_eq(settings_item(s, s->env, 1), "PATH=/bin");
	ck_assert_str_eq(settings_item(s, s->writable, 0), "/tmp");
	ck_assert_str_eq(settings_bytes(s, s->chroot), "/srv");
	ck_assert_str_eq(settings_bytes(s, s->directory), "/");
	ck_assert_mem_eq(settings_bytes(s, s->refuse_message), "no\n", 3);
	rule = settings_bytes(s, s->access);
	ck_assert_uint_eq(rule[0].net.bits, 8);
	ck_assert_uint_eq(rule[1].net.bits, 32);
	group = settings_bytes(s, s->groups);
	ck_assert_uint_eq(group[2], 7);
	ck_assert_str_eq(s->listener[1].path, "/run/x");
	settings_image_unmap(s);
}
END_TEST

START_TEST(has_nothing_where_nothing_was_added)
{
	struct settings_ref none = { 0, 0 };

	ck_assert_ptr_null(settings_bytes(&settings_image.s, none));
	ck_assert_ptr_null(settings_bytes(&settings_image.s, none));
}
END_TEST

START_TEST(refuses_one_that_is_not_sealed)
{
	static const int seal[] = { F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE,
		F_SEAL_SEAL };
	const char *why;
	size_t i;
	int fd, fds[2];

	for (i = 0; i < 4; i++) {
		fd = settings_image_fd(settings_image_size,
		    SETTINGS_IMAGE_SEALS & ~seal[i]);
		why = NULL;
		ck_assert_ptr_null(settings_map(fd, &why));
		ck_assert_str_eq(why, "not a sealed memfd");
		close(fd);
	}
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_ptr_null(settings_map(fds[0], &why));
	ck_assert_ptr_null(settings_map(-1, &why));
}
END_TEST

START_TEST(refuses_every_shorter_one)
{
	const char *why;
	size_t size;
	int fd;

	for (size = 0; size < settings_image_size; size += size < 16 ? 1 : 97) {
		fd = settings_image_fd(size, SETTINGS_IMAGE_SEALS);
		why = NULL;
		ck_assert_ptr_null(settings_map(fd, &why));
		ck_assert_ptr_nonnull(why);
		close(fd);
	}
	settings_image.s.size = (uint32_t)settings_image_size + 8;
	settings_image_refused("a size beyond the end");
	settings_image.s.size = (uint32_t)settings_image_size - 8;
	settings_image_refused("a size before the end");
	settings_image.s.size = 0;
	settings_image_refused("size 0");
}
END_TEST

START_TEST(refuses_one_that_is_too_large)
{
	const char *why = NULL;
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	settings_image.s.size = SETTINGS_SIZE_MAX + 4096;
	ck_assert_int_eq(io_write_all(fd, settings_image.bytes,
			     settings_image_size),
	    0);
	ck_assert_int_eq(ftruncate(fd, SETTINGS_SIZE_MAX + 4096), 0);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, SETTINGS_IMAGE_SEALS), 0);
	ck_assert_ptr_null(settings_map(fd, &why));
	ck_assert_str_eq(why, "wrong size");
	close(fd);
}
END_TEST

START_TEST(refuses_another_build)
{
	const char *why;

	settings_image.s.version[0]++;
	ck_assert_ptr_null(settings_image_map(&why));
	ck_assert_str_eq(why, "made by another build of tined");
	settings_image.s.version[0]--;
	settings_image.s.version[strlen(settings_version())] = 'x';
	settings_image_refused("a longer version");
	memset(settings_image.s.version, 'x', sizeof(settings_image.s.version));
	settings_image_refused("a version without end");
	memset(settings_image.s.version, 0, sizeof(settings_image.s.version));
	settings_image_refused("no version");
}
END_TEST

START_TEST(says_when_it_cannot_be_mapped)
{
	int fd = settings_image_fd(settings_image_size, SETTINGS_IMAGE_SEALS);
	const char *why = NULL;

	ck_assert_int_eq(inject(SYS_mmap, INJECT_ANY, ENOMEM), 0);
	ck_assert_ptr_null(settings_map(fd, &why));
	ck_assert_str_eq(why, "cannot be mapped");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, settings_image_make, NULL);
	tcase_add_test(tc, gives_back_what_was_put_in);
	tcase_add_test(tc, has_nothing_where_nothing_was_added);
	tcase_add_test(tc, refuses_one_that_is_not_sealed);
	tcase_add_test(tc, refuses_every_shorter_one);
	tcase_add_test(tc, refuses_one_that_is_too_large);
	tcase_add_test(tc, refuses_another_build);
	runner_add(tc, inject_lack_memory(), says_when_it_cannot_be_mapped);
}

int
main(void)
{
	return runner_main("settings", add);
}
