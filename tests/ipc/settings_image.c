/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <bsd/string.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/builtin.h"
#include "ipc/scoreboard.h"
#include "ipc/settings_image.h"

union settings_image settings_image;
size_t settings_image_size;

/* As settings_copy does it. */
static void
place(struct settings_builder *b)
{
	static uint32_t pages[64];
	uint32_t n = scoreboard_slots_pages(scoreboard_nslots(settings_of(b)
								  ->instances)),
		 i;
	struct settings_ref r;

	for (i = 0; i < n; i++)
		pages[i] = 600 + i;
	r = settings_add_bytes(b, pages, sizeof(pages[0]), n);
	settings_of(b)->pages = r;
	settings_of(b)->place = (struct scoreboard_place) { .number = 3,
		.first = 500,
		.nsources = scoreboard_nsources(settings_of(b)->instances),
		.nslots = scoreboard_nslots(settings_of(b)->instances) };
}

struct settings_builder *
settings_image_full(void)
{
	static const char *const argv[] = { "/bin/cat", "-u", "" };
	static const char *const env[] = { "A=1", "PATH=/bin" };
	static const char *const writable[] = { "/tmp" };
	static const uint32_t groups[] = { 5, 6, 7 };
	struct settings_access rules[2] = { { .allow = 1 }, { .allow = 0 } };
	struct sock_filter filter = { .k = 1 };
	struct settings_builder *b = settings_new("cat");
	struct settings *s;
	struct settings_ref r;

	ck_assert_ptr_nonnull(b);
	ck_assert_ptr_null(cidr_parse("10.0.0.0/8", &rules[0].net));
	ck_assert_ptr_null(cidr_parse("2001:db8::/32", &rules[1].net));
	r = settings_add_list(b, argv, 3);
	settings_of(b)->argv = r;
	r = settings_add_list(b, env, 2);
	settings_of(b)->env = r;
	r = settings_add_list(b, writable, 1);
	settings_of(b)->writable = r;
	r = settings_add_string(b, "/srv");
	settings_of(b)->chroot = r;
	r = settings_add_string(b, "/");
	settings_of(b)->directory = r;
	r = settings_add_bytes(b, "no\n", 1, 3);
	settings_of(b)->refuse_message = r;
	r = settings_add_bytes(b, rules, sizeof(rules[0]), 2);
	settings_of(b)->access = r;
	r = settings_add_bytes(b, groups, sizeof(groups[0]), 3);
	settings_of(b)->groups = r;
	r = settings_add_bytes(b, &filter, sizeof(filter), 1);
	settings_of(b)->seccomp = r;
	s = settings_of(b);
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
settings_image_make(void)
{
	struct settings_builder *b = settings_image_full();
	int fd = settings_seal(b);

	ck_assert_int_ne(fd, -1);
	settings_image_size = settings_of(b)->size;
	ck_assert_uint_le(settings_image_size, sizeof(settings_image));
	ck_assert_int_eq(pread(fd, settings_image.bytes, settings_image_size,
			     0),
	    settings_image_size);
	settings_free(b);
	close(fd);
}

int
settings_image_fd(size_t size, int seals)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(io_write_all(fd, settings_image.bytes, size), 0);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

const struct settings *
settings_image_map(const char **why)
{
	int fd = settings_image_fd(settings_image_size, SETTINGS_IMAGE_SEALS);
	const struct settings *s;

	*why = NULL;
	s = settings_map(fd, why);
	close(fd);
	ck_assert((s == NULL) != (*why == NULL));
	return s;
}

void
settings_image_unmap(const struct settings *s)
{
	munmap((void *)(uintptr_t)s, s->size);
}

void
settings_image_refused(const char *what)
{
	const char *why;

	ck_assert_msg(settings_image_map(&why) == NULL, "%s is accepted", what);
}
