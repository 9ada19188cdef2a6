/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <bsd/string.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/builtin.h"
#include "ipc/spec_image.h"

union spec_image spec_image;
size_t spec_image_size;

/* As spec_copy does it. */
static void
place(struct spec_builder *b)
{
	static uint32_t pages[64];
	uint32_t n = board_slots_pages(board_nslots(spec_of(b)->instances)), i;
	struct spec_ref r;

	for (i = 0; i < n; i++)
		pages[i] = 600 + i;
	r = spec_add_bytes(b, pages, sizeof(pages[0]), n);
	spec_of(b)->place = (struct spec_place) { .section = 3,
		.desk = 500,
		.nsources = board_nsources(spec_of(b)->instances),
		.nslots = board_nslots(spec_of(b)->instances),
		.pages = r };
}

struct spec_builder *
spec_image_full(void)
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
	place(b);
	return b;
}

void
spec_image_make(void)
{
	struct spec_builder *b = spec_image_full();
	int fd = spec_seal(b);

	ck_assert_int_ne(fd, -1);
	spec_image_size = spec_of(b)->size;
	ck_assert_uint_le(spec_image_size, sizeof(spec_image));
	ck_assert_int_eq(pread(fd, spec_image.bytes, spec_image_size, 0),
	    spec_image_size);
	spec_free(b);
	close(fd);
}

int
spec_image_fd(size_t size, int seals)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(io_write_all(fd, spec_image.bytes, size), 0);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

const struct spec *
spec_image_map(const char **why)
{
	int fd = spec_image_fd(spec_image_size, SPEC_IMAGE_SEALS);
	const struct spec *s;

	*why = NULL;
	s = spec_map(fd, why);
	close(fd);
	ck_assert((s == NULL) != (*why == NULL));
	return s;
}

void
spec_image_unmap(const struct spec *s)
{
	munmap((void *)(uintptr_t)s, s->size);
}

void
spec_image_accepted(const char *what)
{
	const char *why;
	const struct spec *s = spec_image_map(&why);

	ck_assert_msg(s != NULL, "%s: %s", what, why);
	spec_image_unmap(s);
}

void
spec_image_refused(const char *what)
{
	const char *why;

	ck_assert_msg(spec_image_map(&why) == NULL, "%s is accepted", what);
}
