/* SPDX-License-Identifier: ISC */
/*
 * What a settings refers to and the numbers in it: nothing that leads out of it or
 * out of range is accepted, whatever somebody has put there.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/scoreboard.h"
#include "ipc/builtin.h"
#include "ipc/settings_image.h"
#include "runner.h"

/* Every reference of a settings, and the size of one thing in it. */
static const struct {
	const char *what;
	size_t at;
	size_t size;
} refs[] = {
	{ "argv", offsetof(struct settings, argv), 4 },
	{ "env", offsetof(struct settings, env), 4 },
	{ "writable", offsetof(struct settings, writable), 4 },
	{ "chroot", offsetof(struct settings, chroot), 1 },
	{ "directory", offsetof(struct settings, directory), 1 },
	{ "refuse_message", offsetof(struct settings, refuse_message), 1 },
	{ "access", offsetof(struct settings, access),
	    sizeof(struct settings_access) },
	{ "groups", offsetof(struct settings, groups), 4 },
	{ "seccomp", offsetof(struct settings, seccomp),
	    sizeof(struct sock_filter) },
	{ "place.pages", offsetof(struct settings, place.pages), 4 },
};
#define NREFS (sizeof(refs) / sizeof(refs[0]))

static struct settings_ref *
ref_at(size_t i)
{
	return (struct settings_ref *)(void *)(settings_image.bytes +
	    refs[i].at);
}

START_TEST(refuses_every_offset_that_leads_out)
{
	uint32_t end = (uint32_t)settings_image_size;
	uint32_t bad[] = { 0, 1, sizeof(struct settings) - 8, end, end + 8,
		UINT32_MAX, UINT32_MAX - 7, 0x80000000u };
	struct settings_ref *r, good;
	size_t i, k;

	for (i = 0; i < NREFS; i++) {
		r = ref_at(i);
		good = *r;
		for (k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			r->off = bad[k];
			settings_image_refused(refs[i].what);
		}
		r->off = good.off + 1;
		settings_image_refused(refs[i].what);
		r->off = good.off + 4;
		settings_image_refused(refs[i].what);
		*r = good;
		settings_image_accepted(refs[i].what);
	}
}
END_TEST

START_TEST(refuses_every_count_that_leads_out)
{
	struct settings_ref *r, good;
	size_t i;

	for (i = 0; i < NREFS; i++) {
		r = ref_at(i);
		good = *r;
		r->count = (uint32_t)((settings_image_size - r->off) /
			       refs[i].size) +
		    1;
		settings_image_refused(refs[i].what);
		r->count = UINT32_MAX;
		settings_image_refused(refs[i].what);
		/* Bytes that are few again modulo 2^32. */
		r->count = UINT32_MAX / (uint32_t)refs[i].size + 2;
		if (refs[i].size > 1)
			settings_image_refused(refs[i].what);
		*r = good;
	}
	settings_image_accepted("the whole");
}
END_TEST

START_TEST(refuses_a_string_that_does_not_end)
{
	struct settings_ref *r;
	size_t i;

	for (i = 3; i < 5; i++) { /* chroot, directory */
		r = ref_at(i);
		r->count--;
		settings_image_refused(refs[i].what);
		r->count += 2;
		settings_image_refused(refs[i].what);
		r->count--;
	}
	/* The last bytes of all: nothing ends what begins there. */
	memset(settings_image.bytes + settings_image_size - 8, 'x', 8);
	*(uint32_t *)(void *)(settings_image.bytes +
	    settings_image.s.env.off) = (uint32_t)settings_image_size - 8;
	settings_image_refused("a string of the environment without end");
}
END_TEST

START_TEST(refuses_a_list_whose_strings_lie_outside)
{
	uint32_t *item = (uint32_t *)(void *)(settings_image.bytes +
	    settings_image.s.argv.off);
	const uint32_t bad[] = { 0, sizeof(struct settings) - 1,
		(uint32_t)settings_image_size, UINT32_MAX };
	uint32_t good = item[1];
	size_t i;

	for (i = 0; i < 4; i++) {
		item[1] = bad[i];
		settings_image_refused("argv[1]");
	}
	item[1] = good;
	settings_image_accepted("argv[1]");
}
END_TEST

START_TEST(refuses_names_that_do_not_end)
{
	memset(settings_image.s.listener[1].path, 'x', ADDR_PATH_MAX);
	settings_image_refused("a path without end");
	settings_image.s.listener[1].path[0] = '\0';
	settings_image.s.listener[1].path[ADDR_PATH_MAX - 1] = '\0';
	settings_image_accepted("a path with an end");
	memset(settings_image.s.service, 'x', SETTINGS_NAME_MAX);
	settings_image_refused("a service without end");
}
END_TEST

#define NUMBER(member, ...)                                                    \
	do {                                                                   \
		const int64_t bad_[] = { __VA_ARGS__ };                        \
		struct settings good_ = settings_image.s;                      \
		size_t i_;                                                     \
		for (i_ = 0; i_ < sizeof(bad_) / sizeof(bad_[0]); i_++) {      \
			settings_image.s.member = (__typeof__(good_.member))   \
			    bad_[i_];                                          \
			settings_image_refused(#member);                       \
		}                                                              \
		settings_image.s = good_;                                      \
	} while (0)

START_TEST(refuses_every_number_out_of_range)
{
	NUMBER(nlisteners, 0, SETTINGS_LISTENERS + 1, UINT32_MAX);
	NUMBER(place.section, SCOREBOARD_LIVE, UINT32_MAX);
	NUMBER(place.nslots, 0, scoreboard_nslots(10) - 1,
	    scoreboard_nslots(10) + 1);
	NUMBER(place.nsources, 0, 64, 127, 256, UINT32_MAX);
	NUMBER(place.pages.count, 0,
	    scoreboard_slots_pages(scoreboard_nslots(10)) + 1);
	NUMBER(instances, 100); /* another section */
	NUMBER(instances, 0, SCOREBOARD_SLOTS + 1, UINT32_MAX);
	NUMBER(per_source, 0);
	NUMBER(prefix_v4, 33, UINT32_MAX);
	NUMBER(prefix_v6, 129, UINT32_MAX);
	NUMBER(when_full, WHEN_FULL_REFUSE + 1, UINT32_MAX);
	NUMBER(stderr_to, STDERR_SOCKET + 1, UINT32_MAX);
	NUMBER(leftovers, LEFTOVERS_END + 1, UINT32_MAX);
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
	settings_image_accepted("the whole");
}
END_TEST

/* struct sock_fprog has 16 bits for it. */
START_TEST(refuses_a_filter_that_is_too_long)
{
	struct sock_filter *f = calloc(65537, sizeof(*f));
	struct settings_builder *b = settings_image_full();
	const char *why = NULL;
	struct settings_ref r;
	int fd;

	r = settings_add_bytes(b, f, sizeof(*f), 65537);
	settings_of(b)->seccomp = r;
	fd = settings_seal(b);
	ck_assert_int_ne(fd, -1);
	ck_assert_ptr_null(settings_map(fd, &why));
	ck_assert_ptr_nonnull(why);
	free(f);
	settings_free(b);
}
END_TEST

/* All that an acceptor reads of a settings that it has accepted; a sum, so that it
 * is read. */
static size_t
read_all_of(const struct settings *s)
{
	struct settings_ref list[] = { s->argv, s->env, s->writable };
	const struct settings_access *rule = settings_bytes(s, s->access);
	const unsigned char *p;
	struct addr peer = { .family = AF_INET6 };
	size_t i, k, sum = 0;

	for (i = 0; i < 3; i++)
		for (k = 0; k < list[i].count; k++)
			sum += strlen(settings_item(s, list[i], (uint32_t)k));
	for (i = 0; i < s->access.count; i++)
		sum += cidr_contains(&rule[i].net, &peer);
	for (i = 3; i < NREFS; i++) {
		struct settings_ref r = *(const struct settings_ref
			*)(const void *)((const char *)s + refs[i].at);

		p = settings_bytes(s, r);
		for (k = 0; p != NULL && k < r.count * refs[i].size; k++)
			sum += p[k];
	}
	for (i = 0; i < s->nlisteners; i++)
		sum += strlen(s->listener[i].path);
	return sum;
}

START_TEST(bears_random_mutations)
{
	static char good[sizeof(settings_image)];
	size_t mostly = offsetof(struct settings, builtin), at;
	const struct settings *s;
	const char *why;
	int i, k, accepted = 0;

	memcpy(good, settings_image.bytes, settings_image_size);
	srandom(2);
	for (i = 0; i < 20000; i++) {
		for (k = 1 + (int)(random() % 4); k > 0; k--) {
			/* The listeners' array is most of it: not of these. */
			at = mostly +
			    (size_t)random() % (settings_image_size - mostly);
			settings_image.bytes[at] = (char)(random() % 3 == 0 ?
				random() :
				settings_image.bytes[at] + random() % 17 - 8);
		}
		if ((s = settings_image_map(&why)) != NULL) {
			ck_assert_uint_gt(read_all_of(s), 0);
			settings_image_unmap(s);
			accepted++;
		}
		memcpy(settings_image.bytes, good, settings_image_size);
	}
	ck_assert_int_gt(accepted, 100);
	ck_assert_int_lt(accepted, 19900);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, settings_image_make, NULL);
	tcase_add_test(tc, refuses_every_offset_that_leads_out);
	tcase_add_test(tc, refuses_every_count_that_leads_out);
	tcase_add_test(tc, refuses_a_string_that_does_not_end);
	tcase_add_test(tc, refuses_a_list_whose_strings_lie_outside);
	tcase_add_test(tc, refuses_names_that_do_not_end);
	tcase_add_test(tc, refuses_every_number_out_of_range);
	tcase_add_test(tc, refuses_a_filter_that_is_too_long);
	tcase_add_test(tc, bears_random_mutations);
}

int
main(void)
{
	return runner_main("settings_content", add);
}
