/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tine/bench/plan.h"
#include "tine/ping.h"
#include "tine/units.h"
#include "runner.h"

#define WORDS_MAX 32

static char line[512];
static char *argv[WORDS_MAX];
static int argc;

/* Splits text at blanks into argc and argv. */
static void
words(const char *text)
{
	char *rest = line, *word;

	ck_assert_uint_lt(strlen(text), sizeof(line));
	memcpy(line, text, strlen(text) + 1);
	for (argc = 0; (word = strsep(&rest, " ")) != NULL;)
		argv[argc++] = word;
	argv[argc] = NULL;
	optind = 0;
	/* complaints are expected here */
	close(STDERR_FILENO);
}

static struct plan plan;
static struct ping ping;

static void
bench(const char *text)
{
	words(text);
	plan_parse(argc, argv, &plan);
}

static void
ping_with(const char *text)
{
	words(text);
	ping_parse(argc, argv, &ping);
}

START_TEST(bench_has_defaults)
{
	bench("bench a:1");
	ck_assert_uint_eq(plan.connections, 32);
	ck_assert_uint_eq(plan.requests, 1);
	ck_assert_uint_eq(plan.size, 64);
	ck_assert_uint_eq(plan.threads, 1);
	ck_assert_uint_eq(plan.rate, 0);
	ck_assert_uint_eq(plan.total, 0);
	ck_assert_int_eq(plan.duration, 10 * NS_PER_S);
	ck_assert_int_eq(plan.peer.timeout, 5 * NS_PER_S);
	ck_assert_int_eq(plan.ending, ENDING_CLOSE);
	ck_assert_str_eq(argv[optind], "a:1");
}
END_TEST

START_TEST(bench_takes_every_option)
{
	bench("bench -4 -b 127.0.0.0/24 -c 100 -d 3s -e half -H 20k -j 2 -q 0 "
	      "-R 1.5k -s 4k -w 250ms -x hello --json --hgrm out a:1");
	ck_assert_int_eq(plan.peer.family, AF_INET);
	ck_assert_uint_eq(plan.peer.local.bits, 24);
	ck_assert_uint_eq(plan.connections, 100);
	ck_assert_int_eq(plan.duration, 3 * NS_PER_S);
	ck_assert_int_eq(plan.ending, ENDING_HALF);
	ck_assert_uint_eq(plan.idle, 20000);
	ck_assert_uint_eq(plan.threads, 2);
	ck_assert_uint_eq(plan.requests, 0);
	ck_assert_uint_eq(plan.rate, 1500);
	ck_assert_uint_eq(plan.size, 4096);
	ck_assert_int_eq(plan.peer.timeout, 250 * NS_PER_MS);
	ck_assert_str_eq(plan.line, "hello");
	ck_assert(plan.json);
	ck_assert_str_eq(plan.hgrm, "out");
}
END_TEST

START_TEST(bench_takes_long_options)
{
	bench("bench --connections=9 --total 7 --size=1 --requests 3 "
	      "--ending=close --timeout=1 --idle 4 --threads 3 --rate=8 a:1");
	ck_assert_uint_eq(plan.connections, 9);
	ck_assert_uint_eq(plan.total, 7);
	ck_assert_uint_eq(plan.requests, 3);
	ck_assert_uint_eq(plan.threads, 3);
}
END_TEST

START_TEST(a_total_needs_no_duration)
{
	bench("bench -N 5 a:1");
	ck_assert_int_eq(plan.duration, 0);
	bench("bench -N 5 -d 1 a:1");
	ck_assert_int_eq(plan.duration, NS_PER_S);
}
END_TEST

START_TEST(there_are_no_more_threads_than_connections)
{
	bench("bench -c 3 -j 8 a:1");
	ck_assert_uint_eq(plan.threads, 3);
}
END_TEST

START_TEST(what_ends_a_connection_allows_one_request_on_it)
{
	bench("bench -E -q 10 a:1");
	ck_assert_uint_eq(plan.requests, 1);
	bench("bench -s 0 -q 10 a:1");
	ck_assert_uint_eq(plan.requests, 1);
}
END_TEST

static const char *const wrong_bench[] = {
	"bench -c 0 a:1",
	"bench -c x a:1",
	"bench -c -1 a:1",
	"bench -c 0 -H 5 -N 5 a:1",
	"bench -j 0 a:1",
	"bench -j 257 -c 1000 a:1",
	"bench -d 1y a:1",
	"bench -w 0 a:1",
	"bench -e never a:1",
	"bench -s 1T a:1",
	"bench -R 1.5 a:1",
	"bench -b nowhere a:1",
	"bench -b 127.0.0.1/24 a:1",
	"bench -Z a:1",
	"bench --zzz a:1",
	"bench -c",
};

#define NWRONG_BENCH (int)(sizeof(wrong_bench) / sizeof(wrong_bench[0]))

START_TEST(bench_refuses)
{
	bench(wrong_bench[_i]);
}
END_TEST

START_TEST(ping_has_defaults)
{
	ping_with("ping a:1");
	ck_assert_uint_eq(ping.count, 0);
	ck_assert_int_eq(ping.interval, NS_PER_S);
	ck_assert_uint_eq(ping.size, 64);
	ck_assert(!ping.anew);
	ck_assert(!ping.quiet);
	ck_assert_int_eq(ping.duration, 0);
}
END_TEST

START_TEST(ping_takes_every_option)
{
	ping_with("ping -6nq -c 5 -d 2 -i 0 -s 1M -w 3 -x hi -b ::1 a:1");
	ck_assert_int_eq(ping.peer.family, AF_INET6);
	ck_assert(ping.anew);
	ck_assert(ping.quiet);
	ck_assert_uint_eq(ping.count, 5);
	ck_assert_int_eq(ping.duration, 2 * NS_PER_S);
	ck_assert_int_eq(ping.interval, 0);
	ck_assert_uint_eq(ping.size, 1048576);
	ck_assert_int_eq(ping.peer.timeout, 3 * NS_PER_S);
	ck_assert_str_eq(ping.line, "hi");
	ck_assert(ping.peer.bound);
}
END_TEST

START_TEST(ping_that_only_connects_does_so_anew)
{
	ping_with("ping -s 0 a:1");
	ck_assert(ping.anew);
	ping_with("ping -E a:1");
	ck_assert(ping.anew);
}
END_TEST

static const char *const wrong_ping[] = {
	"ping -c x a:1",
	"ping -i -1 a:1",
	"ping -b 127.0.0.0/8 a:1",
	"ping -R 5 a:1",
	"ping -i",
};

#define NWRONG_PING (int)(sizeof(wrong_ping) / sizeof(wrong_ping[0]))

START_TEST(ping_refuses)
{
	ping_with(wrong_ping[_i]);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, bench_has_defaults);
	tcase_add_test(tc, bench_takes_every_option);
	tcase_add_test(tc, bench_takes_long_options);
	tcase_add_test(tc, a_total_needs_no_duration);
	tcase_add_test(tc, there_are_no_more_threads_than_connections);
	tcase_add_test(tc, what_ends_a_connection_allows_one_request_on_it);
	tcase_add_loop_exit_test(tc, bench_refuses, EX_USAGE, 0, NWRONG_BENCH);
	tcase_add_test(tc, ping_has_defaults);
	tcase_add_test(tc, ping_takes_every_option);
	tcase_add_test(tc, ping_that_only_connects_does_so_anew);
	tcase_add_loop_exit_test(tc, ping_refuses, EX_USAGE, 0, NWRONG_PING);
}

int
main(void)
{
	return runner_main("check_options", add);
}
