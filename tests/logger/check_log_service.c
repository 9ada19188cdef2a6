/* SPDX-License-Identifier: ISC */
/* Each service has its share of a turn, however much there is of it. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "logger/log_service.h"
#include "runner.h"

#define MANY 50

static struct watch_set set;
static struct log_services services;
static unsigned int order; /* of the calls */

struct reader {
	unsigned int calls;
	unsigned int last; /* the order of the last one */
	int writing_end;
};

struct source {
	struct log_source source; /* first: what ready() is given */
	struct reader *reader;
};

static void
ready(struct watch *w)
{
	struct source *source = (struct source *)w;
	struct reader *r = source->reader;
	char c;

	r->calls++;
	r->last = ++order;
	if (read(w->fd, &c, 1) > 0)
		return;
	log_source_free(&source->source);
}

static struct log_service *
service(const char *name)
{
	struct log_service *s;

	if (services.watch == NULL) {
		ck_assert_int_eq(watch_open(&set), 0);
		log_services_init(&services, &set, NULL);
	}
	s = log_service(&services, name);
	ck_assert_ptr_nonnull(s);
	return s;
}

/* A pipe of that service with so many bytes in it. */
static void
reader_new(struct reader *r, const char *name, size_t n)
{
	static const char bytes[1000];
	struct source *source;
	int fd[2];

	memset(r, 0, sizeof(*r));
	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(write(fd[1], bytes, n), (ssize_t)n);
	r->writing_end = fd[1];
	source = log_source_new(service(name), sizeof(*source), fd[0], ready);
	ck_assert_ptr_nonnull(source);
	source->reader = r;
}

START_TEST(one_with_many_pipes_has_no_more_than_one_with_few)
{
	static struct reader many[MANY], few;
	unsigned int turn, i, sum, least, most;

	for (i = 0; i < MANY; i++)
		reader_new(&many[i], "many", 1000);
	reader_new(&few, "few", 1000);
	for (turn = 1; turn <= 100; turn++) {
		watch_wait(&set, WATCH_MOST, 0, NULL);
		log_services_turn(&services);
		ck_assert_uint_eq(few.calls, turn);
		sum = most = 0;
		least = turn;
		for (i = 0; i < MANY; i++) {
			sum += many[i].calls;
			least = many[i].calls < least ? many[i].calls : least;
			most = many[i].calls > most ? many[i].calls : most;
		}
		/* And its own take turns. */
		ck_assert_uint_le(sum, turn * 8);
		ck_assert_uint_le(most, least + 1);
	}
}
END_TEST

START_TEST(main_s_own_come_last)
{
	static struct reader own, other[3];

	reader_new(&own, "", 1);
	reader_new(&other[0], "a", 1);
	reader_new(&other[1], "b", 1);
	reader_new(&other[2], "c", 1);
	watch_wait(&set, WATCH_MOST, 0, NULL);
	log_services_turn(&services);
	ck_assert_uint_eq(order, 4);
	ck_assert_uint_eq(own.last, 4);
}
END_TEST

START_TEST(what_is_left_is_read_until_the_deadline)
{
	static struct reader own, r[20];
	unsigned int i;

	reader_new(&own, "", 3);
	for (i = 0; i < 20; i++)
		reader_new(&r[i], "a", 1000);
	/* A turn is begun, and no other one. */
	ck_assert(!log_services_drain(&services, "", clock_ms()));
	ck_assert_uint_eq(order, 8);
	ck_assert(log_services_drain(&services, "", clock_ms() + 60000));
	for (i = 0; i < 20; i++)
		ck_assert_uint_eq(r[i].calls, 1000);
	ck_assert_uint_eq(own.calls, 0);
	ck_assert(log_services_drain(&services, NULL, clock_ms() + 60000));
	ck_assert_uint_eq(own.calls, 3);
}
END_TEST

START_TEST(one_that_everything_has_left_is_forgotten)
{
	static struct reader r[2];
	struct log_service *s = service("a");

	log_service_name(s, 3, "unix:/three");
	log_services_turn(&services);
	ck_assert(log_services_idle(&services));
	reader_new(&r[0], "a", 0);
	reader_new(&r[1], "a", 0);
	ck_assert(!log_services_idle(&services));
	ck_assert_ptr_eq(service("a"), s);
	ck_assert_str_eq(log_service_listener(s, 3), "unix:/three");
	ck_assert_ptr_null(log_service_listener(s, 2));
	ck_assert_ptr_null(log_service_listener(s, 4));
	close(r[0].writing_end);
	watch_wait(&set, WATCH_MOST, 0, NULL);
	log_services_turn(&services);
	ck_assert_ptr_eq(TAILQ_FIRST(&services.list), s);
	close(r[1].writing_end);
	watch_wait(&set, WATCH_MOST, 0, NULL);
	log_services_turn(&services);
	ck_assert(TAILQ_EMPTY(&services.list));
	ck_assert(log_services_idle(&services));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, one_with_many_pipes_has_no_more_than_one_with_few);
	tcase_add_test(tc, main_s_own_come_last);
	tcase_add_test(tc, what_is_left_is_read_until_the_deadline);
	tcase_add_test(tc, one_that_everything_has_left_is_forgotten);
}

int
main(void)
{
	return runner_main("service", add);
}
