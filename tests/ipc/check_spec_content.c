/* SPDX-License-Identifier: ISC */
/*
 * What a spec refers to and the numbers in it: nothing that leads out of it or
 * out of range is accepted, whatever somebody has put there.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/board.h"
#include "ipc/builtin.h"
#include "ipc/spec_image.h"
#include "runner.h"

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
	{ "place.pages", offsetof(struct spec, place.pages), 4 },
};
#define NREFS (sizeof(refs) / sizeof(refs[0]))

static struct spec_ref *
ref_at(size_t i)
{
	return (struct spec_ref *)(void *)(spec_image.bytes + refs[i].at);
}

START_TEST(refuses_every_offset_that_leads_out)
{
	uint32_t end = (uint32_t)spec_image_size;
	uint32_t bad[] = { 0, 1, sizeof(struct spec) - 8, end, end + 8,
		UINT32_MAX, UINT32_MAX - 7, 0x80000000u };
	struct spec_ref *r, good;
	size_t i, k;

	for (i = 0; i < NREFS; i++) {
		r = ref_at(i);
		good = *r;
		for (k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			r->off = bad[k];
			spec_image_refused(refs[i].what);
		}
		r->off = good.off + 1;
		spec_image_refused(refs[i].what);
		r->off = good.off + 4;
		spec_image_refused(refs[i].what);
		*r = good;
		spec_image_accepted(refs[i].what);
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
		r->count = (uint32_t)((spec_image_size - r->off) /
			       refs[i].size) +
		    1;
		spec_image_refused(refs[i].what);
		r->count = UINT32_MAX;
		spec_image_refused(refs[i].what);
		/* Bytes that are few again modulo 2^32. */
		r->count = UINT32_MAX / (uint32_t)refs[i].size + 2;
		if (refs[i].size > 1)
			spec_image_refused(refs[i].what);
		*r = good;
	}
	spec_image_accepted("the whole");
}
END_TEST

START_TEST(refuses_a_string_that_does_not_end)
{
	struct spec_ref *r;
	size_t i;

	for (i = 3; i < 5; i++) { /* chroot, directory */
		r = ref_at(i);
		r->count--;
		spec_image_refused(refs[i].what);
		r->count += 2;
		spec_image_refused(refs[i].what);
		r->count--;
	}
	/* The last bytes of all: nothing ends what begins there. */
	memset(spec_image.bytes + spec_image_size - 8, 'x', 8);
	*(uint32_t *)(void *)(spec_image.bytes +
	    spec_image.s.env.off) = (uint32_t)spec_image_size - 8;
	spec_image_refused("a string of the environment without end");
}
END_TEST

START_TEST(refuses_a_list_whose_strings_lie_outside)
{
	uint32_t *item = (uint32_t *)(void *)(spec_image.bytes +
	    spec_image.s.argv.off);
	const uint32_t bad[] = { 0, sizeof(struct spec) - 1,
		(uint32_t)spec_image_size, UINT32_MAX };
	uint32_t good = item[1];
	size_t i;

	for (i = 0; i < 4; i++) {
		item[1] = bad[i];
		spec_image_refused("argv[1]");
	}
	item[1] = good;
	spec_image_accepted("argv[1]");
}
END_TEST

START_TEST(refuses_names_that_do_not_end)
{
	memset(spec_image.s.listener[1].path, 'x', ADDR_PATH_MAX);
	spec_image_refused("a path without end");
	spec_image.s.listener[1].path[0] = '\0';
	spec_image.s.listener[1].path[ADDR_PATH_MAX - 1] = '\0';
	spec_image_accepted("a path with an end");
	memset(spec_image.s.service, 'x', SPEC_NAME_MAX);
	spec_image_refused("a service without end");
}
END_TEST

#define NUMBER(member, ...)                                                    \
	do {                                                                   \
		const int64_t bad_[] = { __VA_ARGS__ };                        \
		struct spec good_ = spec_image.s;                              \
		size_t i_;                                                     \
		for (i_ = 0; i_ < sizeof(bad_) / sizeof(bad_[0]); i_++) {      \
			spec_image.s.member = (__typeof__(good_.member))       \
			    bad_[i_];                                          \
			spec_image_refused(#member);                           \
		}                                                              \
		spec_image.s = good_;                                          \
	} while (0)

START_TEST(refuses_every_number_out_of_range)
{
	NUMBER(nlisteners, 0, SPEC_LISTENERS + 1, UINT32_MAX);
	NUMBER(place.section, BOARD_LIVE, UINT32_MAX);
	NUMBER(place.nslots, 0, board_nslots(10) - 1, board_nslots(10) + 1);
	NUMBER(place.nsources, 0, 64, 127, 256, UINT32_MAX);
	NUMBER(place.pages.count, 0, board_slots_pages(board_nslots(10)) + 1);
	NUMBER(instances, 100); /* another section */
	NUMBER(instances, 0, BOARD_SLOTS + 1, UINT32_MAX);
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
	spec_image_accepted("the whole");
}
END_TEST

/* struct sock_fprog has 16 bits for it. */
START_TEST(refuses_a_filter_that_is_too_long)
{
	struct sock_filter *f = calloc(65537, sizeof(*f));
	struct spec_builder *b = spec_image_full();
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
	static char good[sizeof(spec_image)];
	size_t mostly = offsetof(struct spec, builtin), at;
	const struct spec *s;
	const char *why;
	int i, k, accepted = 0;

	memcpy(good, spec_image.bytes, spec_image_size);
	srandom(2);
	for (i = 0; i < 20000; i++) {
		for (k = 1 + (int)(random() % 4); k > 0; k--) {
			/* The listeners' array is most of it: not of these. */
			at = mostly +
			    (size_t)random() % (spec_image_size - mostly);
			spec_image.bytes[at] = (char)(random() % 3 == 0 ?
				random() :
				spec_image.bytes[at] + random() % 17 - 8);
		}
		if ((s = spec_image_map(&why)) != NULL) {
			ck_assert_uint_gt(read_all_of(s), 0);
			spec_image_unmap(s);
			accepted++;
		}
		memcpy(spec_image.bytes, good, spec_image_size);
	}
	ck_assert_int_gt(accepted, 100);
	ck_assert_int_lt(accepted, 19900);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, spec_image_make, NULL);
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
	return runner_main("spec_content", add);
}
