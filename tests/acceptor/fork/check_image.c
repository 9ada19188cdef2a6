/* SPDX-License-Identifier: ISC */
/*
 * What these tests change is this program's own image, in a process that Check
 * has forked for each.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/fork/fork.h"
#include "inject.h"
#include "runner.h"

#define PAGE(p)                                                                \
	((void *)((uintptr_t)(p) & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1)))

static int initialized = 42;
static int zero;
/* A pointer to be relocated: with PIE it is among the relocated constants. */
static const char *const constant = "a constant";
static const char *const volatile *const volatile constants = &constant;

/* The line of /proc/self/maps that holds p. */
static void
mapping_of(const void *p, char *line, size_t size)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to;

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, (int)size, maps) != NULL)
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 &&
		    (uintptr_t)p >= from && (uintptr_t)p < to) {
			fclose(maps);
			return;
		}
	ck_abort_msg("%p is not mapped", p);
}

static void
setup(void)
{
	initialized = 43;
	zero = 1;
	image_pack();
}

START_TEST(keeps_every_value)
{
	ck_assert_int_eq(initialized, 43);
	ck_assert_int_eq(zero, 1);
	ck_assert_str_eq(*constants, "a constant");
}
END_TEST

START_TEST(leaves_variables_writable)
{
	initialized++;
	zero++;
	ck_assert_int_eq(initialized + zero, 46);
}
END_TEST

START_TEST(puts_variables_into_one_mapping)
{
	char data[512], bss[512];

	mapping_of(&initialized, data, sizeof(data));
	mapping_of(&zero, bss, sizeof(bss));
	ck_assert_str_eq(data, bss);
	ck_assert_ptr_nonnull(strstr(data, " rw-p "));
}
END_TEST

START_TEST(seals_the_constants)
{
	char line[512];
	void *page = PAGE(&constant);

	mapping_of(&constant, line, sizeof(line));
	ck_assert_ptr_nonnull(strstr(line, " r--s "));
	ck_assert_ptr_nonnull(strstr(line, "tined constants"));
	ck_assert_int_eq(mprotect(page, (size_t)sysconf(_SC_PAGESIZE),
			     PROT_READ | PROT_WRITE),
	    -1);
	ck_assert_int_eq(errno, EACCES);
}
END_TEST

/* As image.c finds them: without a gap between, which some machines have. */
START_TEST(seals_the_other_constants_with_them)
{
	static const char text[] = "neither text nor data";
	char line[512];

	mapping_of(text, line, sizeof(line));
	ck_assert_ptr_null(strstr(line, "-xp "));
#ifdef __x86_64__
	ck_assert_ptr_nonnull(strstr(line, " r--s "));
	ck_assert_ptr_nonnull(strstr(line, "tined constants"));
#endif
	ck_assert_str_eq(text, "neither text nor data");
}
END_TEST

static const long calls[] = { SYS_memfd_create, SYS_mmap, SYS_mremap };

START_TEST(changes_nothing_where_a_call_fails)
{
	ck_assert_int_eq(inject(calls[_i], INJECT_ANY, ENOMEM), 0);
	initialized = 50;
	image_pack();
	ck_assert_int_eq(initialized, 50);
	ck_assert_int_eq(zero, 1);
	ck_assert_str_eq(*constants, "a constant");
	initialized++;
	ck_assert_int_eq(initialized, 51);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	if (WIDE_SANDBOX) /* main.c does not call it then */
		return;
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, keeps_every_value);
	tcase_add_test(tc, leaves_variables_writable);
	tcase_add_test(tc, puts_variables_into_one_mapping);
	tcase_add_test(tc, seals_the_constants);
	tcase_add_test(tc, seals_the_other_constants_with_them);
	runner_add_loop(tc, lack, changes_nothing_where_a_call_fails, 0, 3);
}

int
main(void)
{
	return runner_main("image", add);
}
