/* SPDX-License-Identifier: ISC */
/*
 * A settings as it may lie in a memfd: refused with a reason, or all that is read
 * of it lies within it.  The input is laid over a good settings, from its
 * `builtin` on (before that, it is mostly listeners), so that the fuzzer need
 * not find the version and a whole layout by itself; its first two bytes say
 * how much longer or shorter the settings is.
 */
#include "config.h"

#include <sys/mman.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "ipc/builtin.h"
#include "ipc/settings.h"

#define SIZE_MAX_HERE 131072

static char image[SIZE_MAX_HERE];

static size_t
good_image(void)
{
	static const char *const argv[] = { "/bin/cat", "-u" };
	static const uint32_t pages[64];
	struct settings_builder *b = settings_new("fuzz");
	struct settings_ref ref;
	size_t size;
	int fd;

	FUZZ_REQUIRE(b != NULL);
	ref = settings_add_list(b, argv, 2);
	settings_of(b)->argv = ref;
	ref = settings_add_string(b, "/srv");
	settings_of(b)->chroot = ref;
	settings_of(b)->nlisteners = 1;
	settings_of(b)->builtin = BUILTIN_NONE;
	settings_of(b)->instances = settings_of(b)->per_source = 1;
	ref = settings_add_bytes(b, pages, sizeof(pages[0]),
	    scoreboard_slots_pages(scoreboard_nslots(1)));
	settings_of(b)->place.pages = ref;
	settings_of(b)->place.nslots = scoreboard_nslots(1);
	settings_of(b)->place.nsources = scoreboard_nsources(1);
	FUZZ_REQUIRE((fd = settings_seal(b)) != -1);
	size = settings_of(b)->size;
	FUZZ_REQUIRE(pread(fd, image, size, 0) == (ssize_t)size);
	close(fd);
	settings_free(b);
	return size;
}

/* Every byte of [p, p + n), which lies in s. */
static void
touch(const struct settings *s, const void *p, size_t n)
{
	const unsigned char *c = p;
	unsigned int sum = 0;

	if (p == NULL)
		return;
	FUZZ_REQUIRE((const char *)p >= (const char *)(s + 1));
	FUZZ_REQUIRE((const char *)p + n <= (const char *)s + s->size);
	while (n-- > 0)
		sum |= *c++;
	FUZZ_REQUIRE(sum <= UINT8_MAX); /* so that it is read */
}

static void
touch_list(const struct settings *s, struct settings_ref list)
{
	uint32_t i;

	for (i = 0; i < list.count; i++)
		touch(s, settings_item(s, list, i),
		    strlen(settings_item(s, list, i)) + 1);
}

static void
touch_all(const struct settings *s)
{
	const struct settings_access *rule = settings_bytes(s, s->access);
	struct addr peer = { .family = AF_INET };
	uint32_t n = 0;
	uint32_t i;

	touch_list(s, s->argv);
	touch_list(s, s->env);
	touch_list(s, s->writable);
	touch(s, settings_bytes(s, s->chroot), s->chroot.count);
	touch(s, settings_bytes(s, s->directory), s->directory.count);
	touch(s, settings_bytes(s, s->refuse_message), s->refuse_message.count);
	touch(s, settings_bytes(s, s->groups), s->groups.count * 4u);
	touch(s, settings_place(s).pages,
	    scoreboard_slots_pages(s->place.nslots) * 4u);
	touch(s, settings_bytes(s, s->seccomp),
	    s->seccomp.count * sizeof(struct sock_filter));
	for (i = 0; i < s->access.count; i++)
		n += cidr_contains(&rule[i].net, &peer);
	FUZZ_REQUIRE(n <= s->access.count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t from = offsetof(struct settings, builtin);
	size_t whole = good_image();
	const struct settings *s;
	const char *why = NULL;
	int fd;

	if (size < 2 || size - 2 > SIZE_MAX_HERE - from)
		return 0;
	whole += (size_t)data[0] * 8;
	whole -= data[1];
	memcpy(image + from, data + 2, size - 2);
	if (whole < from + size - 2)
		whole = from + size - 2;
	((struct settings *)(void *)image)->size = (uint32_t)whole;
	fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	FUZZ_REQUIRE(fd != -1);
	FUZZ_REQUIRE(write(fd, image, whole) == (ssize_t)whole);
	FUZZ_REQUIRE(fcntl(fd, F_ADD_SEALS,
			 F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE |
			     F_SEAL_SEAL) == 0);
	s = settings_map(fd, &why);
	FUZZ_REQUIRE((s == NULL) == (why != NULL));
	if (s != NULL) {
		touch_all(s);
		munmap((void *)(uintptr_t)s, s->size);
	}
	memset(image, 0, sizeof(image));
	close(fd);
	return 0;
}
