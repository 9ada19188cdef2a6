/* SPDX-License-Identifier: ISC */
/* Standard errors that main keeps for the next logger. */
#include "config.h"

#include <sys/resource.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "main/kept.h"
#include "runner.h"

static struct kept_ends all;
static struct served_list list;

static void
setup(void)
{
	TAILQ_INIT(&list);
	memset(&all, 0, sizeof(all));
	TAILQ_INIT(&all.list);
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

static int
report(enum logger_report_type type, const char *service, uint64_t id,
    int32_t pid)
{
	struct logger_report r = { .type = type,
		.which = { .id = id, .pid = pid } };
	int fd = -1;

	strlcpy(r.service, service, sizeof(r.service));
	if (type == LOGGER_KEEP)
		ck_assert_int_ne(fd = open("/dev/null", O_RDONLY), -1);
	kept_report(&all, &r, fd);
	return fd;
}

START_TEST(what_is_kept_is_open_until_it_is_dropped)
{
	int a = report(LOGGER_KEEP, "git", 1, 10);
	int b = report(LOGGER_KEEP, "git", 2, 11);
	int c = report(LOGGER_KEEP, "other", 1, 10);

	ck_assert_uint_eq(all.n, 3);
	report(LOGGER_DROP, "git", 1, 10);
	ck_assert(!is_open(a) && is_open(b) && is_open(c));
	report(LOGGER_DROP, "git", 1, 10);
	report(LOGGER_DROP, "git", 2, 10);
	report(LOGGER_DROP, "none", 2, 11);
	ck_assert_uint_eq(all.n, 2);
	report(LOGGER_DROP, "git", 2, 11);
	report(LOGGER_DROP, "other", 1, 10);
	ck_assert(!is_open(b) && !is_open(c));
	ck_assert_uint_eq(all.n, 0);
	ck_assert(TAILQ_EMPTY(&all.list) && all.tree == NULL);
}
END_TEST

START_TEST(one_that_is_there_already_is_not_kept)
{
	int a = report(LOGGER_KEEP, "git", 1, 10);
	int b = report(LOGGER_KEEP, "git", 1, 10);

	ck_assert(is_open(a) && !is_open(b));
	ck_assert_uint_eq(all.n, 1);
}
END_TEST

START_TEST(a_strange_report_leaves_nothing_open)
{
	struct logger_report r;
	int fd = open("/dev/null", O_RDONLY);

	ck_assert_int_ne(fd, -1);
	memset(&r, 0xff, sizeof(r));
	kept_report(&all, &r, fd);
	ck_assert(!is_open(fd));
	r.type = LOGGER_DROP;
	kept_report(&all, &r, -1);
	r.type = LOGGER_KEEP;
	kept_report(&all, &r, -1);
	ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(the_next_logger_is_told_of_each_once)
{
	struct kept *k;
	unsigned int round, i;

	for (i = 0; i < 10; i++) {
		report(LOGGER_KEEP, "a", i, 1);
		report(LOGGER_KEEP, "b", i, 1);
	}
	ck_assert_ptr_null(all.untold);
	for (round = 0; round < 2; round++) {
		all.untold = TAILQ_FIRST(&all.list);
		for (i = 0; i < 20; i++) {
			k = all.untold;
			ck_assert_ptr_nonnull(k);
			ck_assert_str_eq(k->service, i % 2 == 0 ? "a" : "b");
			ck_assert_uint_eq(k->which.id, i / 2);
			all.untold = TAILQ_NEXT(k, entry);
			/* The logger has the one that it reports. */
			report(LOGGER_KEEP, "b", 100 + i, 1);
		}
		ck_assert_ptr_null(all.untold);
		for (i = 0; i < 20; i++)
			report(LOGGER_DROP, "b", 100 + i, 1);
	}
	all.untold = TAILQ_FIRST(&all.list);
	for (i = 0; i < 10; i++)
		report(LOGGER_DROP, "a", i, 1); /* before they were sent */
	ck_assert_str_eq(all.untold->service, "b");
	ck_assert_uint_eq(all.n, 10);
}
END_TEST

/* Adds a service that runs a program. */
static struct served *
serve(unsigned int instances, enum stderr_to stderr_to, size_t exec)
{
	struct served *s = calloc(1, sizeof(*s));
	struct service_conf *conf = calloc(1, sizeof(*conf));

	ck_assert(s != NULL && conf != NULL);
	conf->instances = instances;
	conf->stderr_to = stderr_to;
	conf->exec.n = exec;
	s->now.conf = conf;
	s->next.settings = -1;
	TAILQ_INSERT_TAIL(&list, s, entry);
	return s;
}

START_TEST(services_share_half_of_the_descriptors)
{
	static const rlim_t nofile[] = { 16, 32, 100, 256, 1024, 4096, 65536,
		1048576 };
	struct stderr_limits l[3];
	struct served *s[3];
	struct rlimit rl;
	size_t i, j, sum, kept;

	s[0] = serve(1000000, STDERR_LOG, 1);
	s[1] = serve(1000000, STDERR_LOG, 1);
	s[2] = serve(7, STDERR_LOG, 1);
	for (i = 0; i < 40; i++)
		serve(1000, i % 2 == 0 ? STDERR_NULL : STDERR_LOG, i % 2 == 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &rl), 0);
	for (i = 0; i < sizeof(nofile) / sizeof(nofile[0]); i++) {
		if (nofile[i] > rl.rlim_max)
			break;
		rl.rlim_cur = nofile[i];
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &rl), 0);
		for (j = sum = kept = 0; j < 3; j++) {
			kept_limits(&list, s[j], &l[j]);
			ck_assert_uint_gt(l[j].kept, 0);
			ck_assert_uint_gt(l[j].few, 0);
			ck_assert_uint_gt(l[j].queue, l[j].few);
			sum += l[j].kept + l[j].queue;
			kept += l[j].kept;
		}
		ck_assert_uint_le(sum, nofile[i] - 4);
		ck_assert_uint_le(kept, nofile[i] / 2);
		ck_assert_uint_eq(l[0].kept, l[1].kept);
		ck_assert_uint_le(l[2].kept, 7);
		if (nofile[i] == 4096) {
			ck_assert_uint_gt(l[0].kept, 500);
			ck_assert_uint_gt(l[0].queue, 500);
		}
	}
}
END_TEST

START_TEST(one_that_is_being_made_has_its_share)
{
	struct served *s = serve(1, STDERR_LOG, 1), *next;
	struct stderr_limits l;

	next = serve(100, STDERR_LOG, 1);
	next->next.conf = next->now.conf;
	next->now.conf = NULL;
	kept_limits(&list, next, &l);
	ck_assert_uint_gt(l.queue, 1);
	next->next.settings = 0;
	kept_limits(&list, next, &l);
	ck_assert_uint_eq(l.kept, 100);
	kept_limits(&list, s, &l);
	ck_assert_uint_eq(l.kept, 1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, what_is_kept_is_open_until_it_is_dropped);
	tcase_add_test(tc, one_that_is_there_already_is_not_kept);
	tcase_add_test(tc, a_strange_report_leaves_nothing_open);
	tcase_add_test(tc, the_next_logger_is_told_of_each_once);
	tcase_add_test(tc, services_share_half_of_the_descriptors);
	tcase_add_test(tc, one_that_is_being_made_has_its_share);
}

int
main(void)
{
	return runner_main("kept", add);
}
