/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/board.h"
#include "base/builtin.h"
#include "base/io.h"
#include "base/spec.h"
#include "inject.h"
#include "runner.h"

#define ALL_SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

/* A whole spec as bytes, which each test spoils in its own way. */
static union {
	struct spec s;
	char bytes[65536];
} image;
static size_t image_size;

static struct spec_builder *
full_spec(void)
{
	static const char *const argv[] = { "/bin/cat", "-u", "" };
	static const char *const env[] = { "A=1", "PATH=/bin" };
	static const char *const writable[] = { "/tmp" };
	static const uint32_t groups[] = { 5, 6, 7 };
	struct spec_access rules[2] = { { .allow = 1 }, { .allow = 0 } };
	struct sock_filter filter = { .k = 1 };
	struct spec_builder *b = spec_new("cat");
	struct spec *s;
	struct spec_ref r;

	ck_assert_ptr_nonnull(b);
	ck_assert_ptr_null(cidr_parse("10.0.0.0/8", &rules[0].net));
	ck_assert_ptr_null(cidr_parse("2001:db8::/32", &rules[1].net));
	r = spec_add_list(b, argv, 3);
	spec_of(b)->argv = r;
	r = spec_add_list(b, env, 2);
	spec_of(b)->env = r;
	r = spec_add_list(b, writable, 1);
	spec_of(b)->writable = r;
	r = spec_add_string(b, "/srv");
	spec_of(b)->chroot = r;
	r = spec_add_string(b, "/");
	spec_of(b)->directory = r;
	r = spec_add_bytes(b, "no\n", 1, 3);
	spec_of(b)->refuse_message = r;
	r = spec_add_bytes(b, rules, sizeof(rules[0]), 2);
	spec_of(b)->access = r;
	r = spec_add_bytes(b, groups, sizeof(groups[0]), 3);
	spec_of(b)->groups = r;
	r = spec_add_bytes(b, &filter, sizeof(filter), 1);
	spec_of(b)->seccomp = r;
	s = spec_of(b);
	s->nlisteners = 2;
	s->listener[0].local.family = AF_INET;
	s->listener[1].local.family = AF_UNIX;
	strlcpy(s->listener[1].path, "/run/x", ADDR_PATH_MAX);
	s->builtin = BUILTIN_NONE;
	s->instances = 10;
	s->per_source = 5;
	s->prefix_v4 = 32;
	s->prefix_v6 = 64;
	s->idle_ms = 1000;
	return b;
}

static void
setup(void)
{
	struct spec_builder *b = full_spec();
	int fd = spec_seal(b);

	ck_assert_int_ne(fd, -1);
	image_size = spec_of(b)->size;
	ck_assert_uint_le(image_size, sizeof(image));
	ck_assert_int_eq(pread(fd, image.bytes, image_size, 0), image_size);
	spec_free(b);
	close(fd);
}

/* A memfd with the image's first size bytes. */
static int
image_fd(size_t size, int seals)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(io_write_all(fd, image.bytes, size), 0);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

/* Maps the image; NULL, or the spec, whose descriptor is closed. */
static const struct spec *
map_image(const char **why)
{
	int fd = image_fd(image_size, ALL_SEALS);
	const struct spec *s;

	*why = NULL;
	s = spec_map(fd, why);
	close(fd);
	ck_assert((s == NULL) != (*why == NULL));
	return s;
}

static void
unmap(const struct spec *s)
{
	munmap((void *)(uintptr_t)s, s->size);
}

static void
is_accepted(const char *what)
{
	const char *why;
	const struct spec *s = map_image(&why);

	ck_assert_msg(s != NULL, "%s: %s", what, why);
	unmap(s);
}

static void
is_refused(const char *what)
{
	const char *why;

	ck_assert_msg(map_image(&why) == NULL, "%s is accepted", what);
}

START_TEST(gives_back_what_was_put_in)
{
	const char *why;
	const struct spec *s = map_image(&why);
	const struct spec_access *rule;
	const uint32_t *group;

	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->service, "cat");
	ck_assert_uint_eq(s->argv.count, 3);
	ck_assert_str_eq(spec_item(s, s->argv, 0), "/bin/cat");
	ck_assert_str_eq(spec_item(s, s->argv, 1), "-u");
	ck_assert_str_eq(spec_item(s, s->argv, 2), "");
	ck_assert_str_eq(spec_item(s, s->env, 1), "PATH=/bin");
	ck_assert_str_eq(spec_item(s, s->writable, 0), "/tmp");
	ck_assert_str_eq(spec_string(s, s->chroot), "/srv");
	ck_assert_str_eq(spec_string(s, s->directory), "/");
	ck_assert_mem_eq(spec_bytes(s, s->refuse_message), "no\n", 3);
	rule = spec_bytes(s, s->access);
	ck_assert_uint_eq(rule[0].net.bits, 8);
	ck_assert_uint_eq(rule[1].net.bits, 32);
	group = spec_bytes(s, s->groups);
	ck_assert_uint_eq(group[2], 7);
	ck_assert_str_eq(s->listener[1].path, "/run/x");
	unmap(s);
}
END_TEST

START_TEST(has_nothing_where_nothing_was_added)
{
	struct spec_ref none = { 0, 0 };

	ck_assert_ptr_null(spec_bytes(&image.s, none));
	ck_assert_ptr_null(spec_string(&image.s, none));
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
		fd = image_fd(image_size, ALL_SEALS & ~seal[i]);
		why = NULL;
		ck_assert_ptr_null(spec_map(fd, &why));
		ck_assert_str_eq(why, "it is no sealed memfd");
		close(fd);
	}
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_ptr_null(spec_map(fds[0], &why));
	ck_assert_ptr_null(spec_map(-1, &why));
}
END_TEST

START_TEST(is_sealed_by_its_builder)
{
	struct spec_builder *b = full_spec();
	int fd = spec_seal(b);

	ck_assert_int_eq(fcntl(fd, F_GET_SEALS), ALL_SEALS);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(pwrite(fd, "x", 1, 0), -1);
	ck_assert_int_eq(ftruncate(fd, 0), -1);
	spec_free(b);
}
END_TEST

START_TEST(refuses_every_shorter_one)
{
	const char *why;
	size_t size;
	int fd;

	for (size = 0; size < image_size; size += size < 16 ? 1 : 97) {
		fd = image_fd(size, ALL_SEALS);
		why = NULL;
		ck_assert_ptr_null(spec_map(fd, &why));
		ck_assert_ptr_nonnull(why);
		close(fd);
	}
	image.s.size = (uint32_t)image_size + 8;
	is_refused("a size beyond the end");
	image.s.size = (uint32_t)image_size - 8;
	is_refused("a size before the end");
	image.s.size = 0;
	is_refused("size 0");
}
END_TEST

START_TEST(refuses_one_that_is_too_large)
{
	const char *why = NULL;
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	image.s.size = SPEC_SIZE_MAX + 4096;
	ck_assert_int_eq(io_write_all(fd, image.bytes, image_size), 0);
	ck_assert_int_eq(ftruncate(fd, SPEC_SIZE_MAX + 4096), 0);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, ALL_SEALS), 0);
	ck_assert_ptr_null(spec_map(fd, &why));
	ck_assert_str_eq(why, "its size is wrong");
	close(fd);
}
END_TEST

START_TEST(refuses_another_build)
{
	const char *why;

	image.s.version[0]++;
	ck_assert_ptr_null(map_image(&why));
	ck_assert_str_eq(why, "it was made by another build of tined");
	image.s.version[0]--;
	image.s.version[strlen(spec_version())] = 'x';
	is_refused("a longer version");
	memset(image.s.version, 'x', sizeof(image.s.version));
	is_refused("a version without end");
	memset(image.s.version, 0, sizeof(image.s.version));
	is_refused("no version");
}
END_TEST

/* Every reference of a spec, and the size of one thing in it. */
static const struct {
	const char *what;
	size_t at;
	size_t size;
} refs[] = {
	{ "argv", offsetof(struct spec, argv), 4 },
	{ "env", offsetof(struct spec, env), 4 },
	{ "writable", offsetof(struct spec, writable), 4 },
	{ "chroot", offsetof(struct spec, chroot), 1 },
	{ "directory", offsetof(struct spec, directory), 1 },
	{ "refuse_message", offsetof(struct spec, refuse_message), 1 },
	{ "access", offsetof(struct spec, access), sizeof(struct spec_access) },
	{ "groups", offsetof(struct spec, groups), 4 },
	{ "seccomp", offsetof(struct spec, seccomp),
	    sizeof(struct sock_filter) },
};
#define NREFS (sizeof(refs) / sizeof(refs[0]))

static struct spec_ref *
ref_at(size_t i)
{
	return (struct spec_ref *)(void *)(image.bytes + refs[i].at);
}

START_TEST(refuses_every_offset_that_leads_out)
{
	uint32_t end = (uint32_t)image_size;
	uint32_t bad[] = { 0, 1, sizeof(struct spec) - 8, end, end + 8,
		UINT32_MAX, UINT32_MAX - 7, 0x80000000u };
	struct spec_ref *r, good;
	size_t i, k;

	for (i = 0; i < NREFS; i++) {
		r = ref_at(i);
		good = *r;
		for (k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			r->off = bad[k];
			is_refused(refs[i].what);
		}
		r->off = good.off + 1;
		is_refused(refs[i].what);
		r->off = good.off + 4;
		is_refused(refs[i].what);
		*r = good;
		is_accepted(refs[i].what);
	}
}
END_TEST

START_TEST(refuses_every_count_that_leads_out)
{
	struct spec_ref *r, good;
	size_t i;

	for (i = 0; i < NREFS; i++) {
		r = ref_at(i);
		good = *r;
		r->count = (uint32_t)((image_size - r->off) / refs[i].size) + 1;
		is_refused(refs[i].what);
		r->count = UINT32_MAX;
		is_refused(refs[i].what);
		/* Bytes that are few again modulo 2^32. */
		r->count = UINT32_MAX / (uint32_t)refs[i].size + 2;
		if (refs[i].size > 1)
			is_refused(refs[i].what);
		*r = good;
	}
	is_accepted("the whole");
}
END_TEST

START_TEST(refuses_a_string_that_does_not_end)
{
	struct spec_ref *r;
	size_t i;

	for (i = 3; i < 5; i++) { /* chroot, directory */
		r = ref_at(i);
		r->count--;
		is_refused(refs[i].what);
		r->count += 2;
		is_refused(refs[i].what);
		r->count--;
	}
	/* The last bytes of all: nothing ends what begins there. */
	memset(image.bytes + image_size - 8, 'x', 8);
	*(uint32_t *)(void *)(image.bytes +
	    image.s.env.off) = (uint32_t)image_size - 8;
	is_refused("a string of the environment without end");
}
END_TEST

START_TEST(refuses_a_list_whose_strings_lie_outside)
{
	uint32_t *item = (uint32_t *)(void *)(image.bytes + image.s.argv.off);
	const uint32_t bad[] = { 0, sizeof(struct spec) - 1,
		(uint32_t)image_size, UINT32_MAX };
	uint32_t good = item[1];
	size_t i;

	for (i = 0; i < 4; i++) {
		item[1] = bad[i];
		is_refused("argv[1]");
	}
	item[1] = good;
	is_accepted("argv[1]");
}
END_TEST

START_TEST(refuses_names_that_do_not_end)
{
	memset(image.s.listener[1].path, 'x', ADDR_PATH_MAX);
	is_refused("a path without end");
	image.s.listener[1].path[0] = '\0';
	image.s.listener[1].path[ADDR_PATH_MAX - 1] = '\0';
	is_accepted("a path with an end");
	memset(image.s.service, 'x', SPEC_NAME_MAX);
	is_refused("a service without end");
}
END_TEST

#define NUMBER(member, ...)                                                    \
	do {                                                                   \
		const int64_t bad_[] = { __VA_ARGS__ };                        \
		struct spec good_ = image.s;                                   \
		size_t i_;                                                     \
		for (i_ = 0; i_ < sizeof(bad_) / sizeof(bad_[0]); i_++) {      \
			image.s.member = (__typeof__(good_.member))bad_[i_];   \
			is_refused(#member);                                   \
		}                                                              \
		image.s = good_;                                               \
	} while (0)

START_TEST(refuses_every_number_out_of_range)
{
	NUMBER(nlisteners, 0, SPEC_LISTENERS + 1, UINT32_MAX);
	NUMBER(section, BOARD_SECTIONS, UINT32_MAX);
	NUMBER(instances, 0, BOARD_SLOTS + 1, UINT32_MAX);
	NUMBER(per_source, 0);
	NUMBER(prefix_v4, 33, UINT32_MAX);
	NUMBER(prefix_v6, 129, UINT32_MAX);
	NUMBER(when_full, WHEN_FULL_REFUSE + 1, UINT32_MAX);
	NUMBER(stderr_to, STDERR_SOCKET + 1, UINT32_MAX);
	NUMBER(sandbox, SANDBOX_STRICT + 1, UINT32_MAX);
	NUMBER(idle_ms, -1, INT64_MIN);
	NUMBER(max_ms, -1, INT64_MIN);
	NUMBER(drain_ms, -1, INT64_MIN);
	/* A time that is added to the clock's must not run over. */
	NUMBER(idle_ms, INT64_MAX);
	NUMBER(max_ms, INT64_MAX);
	NUMBER(drain_ms, INT64_MAX);
	NUMBER(builtin, BUILTIN_NONE - 1, BUILTIN_COUNT, INT32_MIN, INT32_MAX);
	NUMBER(builtin, 0);    /* and a program */
	NUMBER(argv.count, 0); /* and no built-in */
	NUMBER(umask, 01000, UINT32_MAX);
	NUMBER(nice, -21, 20);
	is_accepted("the whole");
}
END_TEST

/* struct sock_fprog has 16 bits for it. */
START_TEST(refuses_a_filter_that_is_too_long)
{
	struct sock_filter *f = calloc(65537, sizeof(*f));
	struct spec_builder *b = full_spec();
	const char *why = NULL;
	struct spec_ref r;
	int fd;

	r = spec_add_bytes(b, f, sizeof(*f), 65537);
	spec_of(b)->seccomp = r;
	fd = spec_seal(b);
	ck_assert_int_ne(fd, -1);
	ck_assert_ptr_null(spec_map(fd, &why));
	ck_assert_ptr_nonnull(why);
	free(f);
	spec_free(b);
}
END_TEST

/* All that an acceptor reads of a spec that it has accepted; a sum, so that it
 * is read. */
static size_t
read_all_of(const struct spec *s)
{
	struct spec_ref list[] = { s->argv, s->env, s->writable };
	const struct spec_access *rule = spec_bytes(s, s->access);
	const unsigned char *p;
	struct addr peer = { .family = AF_INET6 };
	size_t i, k, sum = 0;

	for (i = 0; i < 3; i++)
		for (k = 0; k < list[i].count; k++)
			sum += strlen(spec_item(s, list[i], (uint32_t)k));
	for (i = 0; i < s->access.count; i++)
		sum += cidr_contains(&rule[i].net, &peer);
	for (i = 3; i < NREFS; i++) {
		struct spec_ref r = *(const struct spec_ref *)(const void
			*)((const char *)s + refs[i].at);

		p = spec_bytes(s, r);
		for (k = 0; p != NULL && k < r.count * refs[i].size; k++)
			sum += p[k];
	}
	for (i = 0; i < s->nlisteners; i++)
		sum += strlen(s->listener[i].path);
	return sum;
}

START_TEST(bears_random_mutations)
{
	static char good[sizeof(image)];
	size_t mostly = offsetof(struct spec, builtin), at;
	const struct spec *s;
	const char *why;
	int i, k, accepted = 0;

	memcpy(good, image.bytes, image_size);
	srandom(2);
	for (i = 0; i < 20000; i++) {
		for (k = 1 + (int)(random() % 4); k > 0; k--) {
			/* The listeners' array is most of it: not of these. */
			at = mostly + (size_t)random() % (image_size - mostly);
			image.bytes[at] = (char)(random() % 3 == 0 ?
				random() :
				image.bytes[at] + random() % 17 - 8);
		}
		if ((s = map_image(&why)) != NULL) {
			ck_assert_uint_gt(read_all_of(s), 0);
			unmap(s);
			accepted++;
		}
		memcpy(image.bytes, good, image_size);
	}
	ck_assert_int_gt(accepted, 100);
	ck_assert_int_lt(accepted, 19900);
}
END_TEST

START_TEST(is_copied_for_another_section)
{
	int fd = image_fd(image_size, ALL_SEALS);
	int copy = spec_copy(fd, 9);
	const char *why = NULL;
	const struct spec *s = spec_map(copy, &why);

	ck_assert_msg(s != NULL, "%s", why);
	ck_assert_uint_eq(s->section, 9);
	image.s.section = 9;
	ck_assert_mem_eq(s, image.bytes, image_size);
	unmap(s);
	ck_assert_int_eq(spec_copy(-1, 0), -1);
}
END_TEST

START_TEST(grows_to_its_largest_size_and_no_further)
{
	static char part[1 << 20];
	struct spec_builder *b = full_spec();
	int i;

	for (i = 0; i < 15; i++)
		ck_assert_uint_ne(spec_add_bytes(b, part, 1, sizeof(part)).off,
		    0);
	for (i = 0; i < 3; i++)
		spec_add_bytes(b, part, 1, sizeof(part));
	ck_assert_int_eq(spec_seal(b), -1);
	ck_assert_int_eq(errno, E2BIG);
	ck_assert_uint_eq(spec_add_string(b, "later").count, 0);
	spec_free(b);
	spec_free(NULL);
}
END_TEST

START_TEST(adds_nothing_for_nothing)
{
	struct spec_builder *b = full_spec();
	struct spec_ref r = spec_add_string(b, NULL);

	ck_assert_uint_eq(r.count, 0);
	ck_assert_uint_eq(spec_add_list(b, NULL, 0).count, 0);
	ck_assert_uint_eq(spec_add_bytes(b, NULL, 8, 0).count, 0);
	ck_assert_uint_eq(spec_add_string(b, "").count, 1);
	spec_free(b);
}
END_TEST

START_TEST(cuts_a_service_name_that_is_too_long)
{
	char name[200];
	struct spec_builder *b;

	memset(name, 'n', sizeof(name));
	name[199] = '\0';
	b = spec_new(name);
	ck_assert_uint_eq(strlen(spec_of(b)->service), SPEC_NAME_MAX - 1);
	spec_free(b);
}
END_TEST

START_TEST(is_not_sealed_where_a_call_fails)
{
	static const long calls[] = { SYS_memfd_create, SYS_write, SYS_fcntl };
	struct spec_builder *b = full_spec();
	int before = dup(0), after;

	close(before);
	ck_assert_int_eq(inject(calls[_i], INJECT_ANY, ENOSPC), 0);
	ck_assert_int_eq(spec_seal(b), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(after = dup(0), before);
	close(after);
	spec_free(b);
}
END_TEST

START_TEST(says_when_it_cannot_be_mapped)
{
	int fd = image_fd(image_size, ALL_SEALS);
	const char *why = NULL;

	ck_assert_int_eq(inject(SYS_mmap, INJECT_ANY, ENOMEM), 0);
	ck_assert_ptr_null(spec_map(fd, &why));
	ck_assert_str_eq(why, "it cannot be mapped");
}
END_TEST

START_TEST(is_not_copied_from_something_without_content)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(spec_copy(fds[0], 1), -1);
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
without_memory(int (*what)(struct spec_builder *b), size_t piece)
{
	struct spec_builder *b;
	int status = -1;
	pid_t pid;

	if (WIDE_SANDBOX)
		return 0;
	b = full_spec();
	if ((pid = fork()) == 0) {
		exhaust(piece);
		_exit(what(b));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	spec_free(b);
	return status;
}

static int
begin_one(struct spec_builder *b)
{
	(void)b;
	return spec_new("cat") != NULL;
}

static int
seal_in_vain(struct spec_builder *b)
{
	return spec_seal(b) == -1 && errno == ENOMEM ? 0 : 2;
}

static int
add_bytes(struct spec_builder *b)
{
	static const char much[65536];

	if (spec_add_bytes(b, much, 1, sizeof(much)).off != 0)
		return 1;
	return seal_in_vain(b);
}

static int
add_list(struct spec_builder *b)
{
	static const char *const many[1000] = { "" };

	if (spec_add_list(b, many, 1000).off != 0)
		return 1;
	return seal_in_vain(b);
}

static int
copy_one(struct spec_builder *b)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)b;
	return fd != -1 && spec_copy(fd, 1) == -1 && errno == ENOMEM ? 0 : 1;
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

START_TEST(takes_no_number_of_things_that_overflows)
{
	struct spec_builder *b = full_spec();

	ck_assert_uint_eq(spec_add_bytes(b, "", 8, SIZE_MAX / 4).count, 0);
	ck_assert_int_eq(spec_seal(b), -1);
	ck_assert_int_eq(errno, E2BIG);
	spec_free(b);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, gives_back_what_was_put_in);
	tcase_add_test(tc, has_nothing_where_nothing_was_added);
	tcase_add_test(tc, refuses_one_that_is_not_sealed);
	tcase_add_test(tc, is_sealed_by_its_builder);
	tcase_add_test(tc, refuses_every_shorter_one);
	tcase_add_test(tc, refuses_one_that_is_too_large);
	tcase_add_test(tc, refuses_another_build);
	tcase_add_test(tc, refuses_every_offset_that_leads_out);
	tcase_add_test(tc, refuses_every_count_that_leads_out);
	tcase_add_test(tc, refuses_a_string_that_does_not_end);
	tcase_add_test(tc, refuses_a_list_whose_strings_lie_outside);
	tcase_add_test(tc, refuses_names_that_do_not_end);
	tcase_add_test(tc, refuses_every_number_out_of_range);
	tcase_add_test(tc, refuses_a_filter_that_is_too_long);
	tcase_add_test(tc, bears_random_mutations);
	tcase_add_test(tc, is_copied_for_another_section);
	tcase_add_test(tc, grows_to_its_largest_size_and_no_further);
	tcase_add_test(tc, adds_nothing_for_nothing);
	tcase_add_test(tc, cuts_a_service_name_that_is_too_long);
	runner_add_loop(tc, lack, is_not_sealed_where_a_call_fails, 0, 3);
	runner_add(tc, inject_lack_memory(), says_when_it_cannot_be_mapped);
	tcase_add_test(tc, is_not_copied_from_something_without_content);
	tcase_add_test(tc, says_that_there_was_no_memory);
	tcase_add_test(tc, takes_no_number_of_things_that_overflows);
}

int
main(void)
{
	return runner_main("spec", add);
}
