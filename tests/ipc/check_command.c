/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "ipc/command.h"
#include "ipc/settings.h"
#include "runner.h"

static struct command_request asked, read_back;

/* A request that has every member. */
static void
setup(void)
{
	memset(&asked, 0, sizeof(asked));
	asked.version = COMMAND_VERSION;
	asked.verb = COMMAND_RELOAD;
	asked.id = 17;
	asked.ms = 60000;
	asked.family = 4;
	asked.bits = 20;
	memcpy(asked.network, (uint8_t[]) { 10, 1, 0xf0 }, 3);
	strcpy(asked.service, "git_1.2-3");
}

static const char *
parse(void)
{
	memset(&read_back, 0xff, sizeof(read_back));
	return command_parse(&asked, sizeof(asked), &read_back);
}

static void
refused(const char *why)
{
	const char *said = parse();
	struct command_request only = { .version = asked.version,
		.verb = asked.verb };

	ck_assert_ptr_nonnull(said);
	ck_assert_str_eq(said, why);
	ck_assert_mem_eq(&read_back, &only, sizeof(only));
}

/* What another build sends is this, whatever becomes of the rest. */
START_TEST(is_frozen)
{
	static const uint8_t reload[128] = { 1, 0, 0, 0, 2 };
	static const uint8_t stop[128] = { 1, 0, 0, 0, 3 };
	static const uint8_t upgrade[128] = { 1, 0, 0, 0, 1 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	ck_assert_ptr_null(command_parse(reload, sizeof(reload), &read_back));
	ck_assert_uint_eq(read_back.verb, COMMAND_RELOAD);
	ck_assert_ptr_null(command_parse(stop, sizeof(stop), &read_back));
	ck_assert_uint_eq(read_back.verb, COMMAND_STOP);
	ck_assert_ptr_null(command_parse(upgrade, sizeof(upgrade), &read_back));
	ck_assert_uint_eq(read_back.verb, COMMAND_UPGRADE);
#endif
	ck_assert_uint_eq(sizeof(struct command_request), 128);
	ck_assert_uint_eq(offsetof(struct command_request, id), 8);
	ck_assert_uint_eq(offsetof(struct command_request, ms), 16);
	ck_assert_uint_eq(offsetof(struct command_request, network), 24);
	ck_assert_uint_eq(offsetof(struct command_request, family), 40);
	ck_assert_uint_eq(offsetof(struct command_request, bits), 41);
	ck_assert_uint_eq(offsetof(struct command_request, service), 64);
	ck_assert_uint_eq(sizeof(struct command_answer), 8);
	ck_assert_uint_eq(COMMAND_TEXT, 1);
	ck_assert_uint_eq(COMMAND_END, 2);
	ck_assert_uint_eq(COMMAND_NAME_MAX, SETTINGS_NAME_MAX);
}
END_TEST

START_TEST(reads_what_was_asked)
{
	ck_assert_ptr_null(parse());
	ck_assert_mem_eq(&read_back, &asked, sizeof(asked));
}
END_TEST

START_TEST(names_each_verb)
{
	uint32_t verb;

	for (verb = 1; verb < COMMAND_VERBS; verb++)
		ck_assert_ptr_nonnull(command_name(verb));
	ck_assert_str_eq(command_name(COMMAND_STOP), "stop");
	ck_assert_ptr_null(command_name(0));
	ck_assert_ptr_null(command_name(COMMAND_VERBS));
	ck_assert_ptr_null(command_name(UINT32_MAX));
}
END_TEST

START_TEST(refuses_every_other_length)
{
	static const uint8_t bytes[2 * sizeof(asked)];
	size_t size;

	for (size = 0; size <= sizeof(bytes); size++)
		if (size != sizeof(asked))
			ck_assert_str_eq(command_parse(bytes, size, &read_back),
			    "wrong length");
}
END_TEST

START_TEST(refuses_what_it_does_not_know)
{
	asked.verb = 0;
	refused("unknown verb");
	asked.verb = COMMAND_VERBS;
	refused("unknown verb");
	setup();
	asked.version = 0;
	refused("unknown version");
	asked.version = COMMAND_VERSION + 1;
	refused("unknown version");
}
END_TEST

START_TEST(refuses_names_that_no_service_has)
{
	strcpy(asked.service, "a b");
	refused("malformed name of a service");
	strcpy(asked.service, "a\n");
	refused("malformed name of a service");
	memset(asked.service, 'a', sizeof(asked.service));
	refused("malformed name of a service");
	memset(asked.service, 0, sizeof(asked.service));
	asked.service[1] = 'a';
	refused("malformed name of a service");
}
END_TEST

START_TEST(refuses_networks_that_are_none)
{
	asked.bits = 19;
	refused("malformed network");
	asked.bits = 33;
	refused("malformed network");
	setup();
	asked.network[15] = 1;
	refused("malformed network");
	setup();
	asked.family = 5;
	refused("malformed network");
	asked.family = 0;
	refused("malformed network");
	memset(asked.network, 0, sizeof(asked.network));
	refused("malformed network");
	asked.family = 6;
	asked.bits = 129;
	refused("malformed network");
	asked.bits = 128;
	memset(asked.network, 0xff, sizeof(asked.network));
	ck_assert_ptr_null(parse());
	asked.bits = 127;
	refused("malformed network");
	asked.network[15] = 0xfe;
	ck_assert_ptr_null(parse());
}
END_TEST

START_TEST(refuses_times_before_now_and_reserved_bytes)
{
	asked.ms = -1;
	refused("negative time");
	setup();
	asked.reserved[sizeof(asked.reserved) - 1] = 1;
	refused("reserved bytes are set");
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, is_frozen);
	tcase_add_test(tcase, reads_what_was_asked);
	tcase_add_test(tcase, names_each_verb);
	tcase_add_test(tcase, refuses_every_other_length);
	tcase_add_test(tcase, refuses_what_it_does_not_know);
	tcase_add_test(tcase, refuses_names_that_no_service_has);
	tcase_add_test(tcase, refuses_networks_that_are_none);
	tcase_add_test(tcase, refuses_times_before_now_and_reserved_bytes);
}

int
main(void)
{
	return runner_main("command", add);
}
