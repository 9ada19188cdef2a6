/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <check.h>

#include "ipc/builtin.h"
#include "runner.h"
#include "service/service.h"

START_TEST(has_every_built_in_service_under_its_own_name)
{
#define CHECK(name, help)                                                      \
	ck_assert(service_get(builtin_find(#name)) == service_##name);
	BUILTINS(CHECK)
#undef CHECK
}
END_TEST

START_TEST(has_no_other)
{
	ck_assert_ptr_null(service_get(BUILTIN_NONE));
	ck_assert_ptr_null(service_get(BUILTIN_COUNT));
	ck_assert_ptr_null(service_get(-1000));
	ck_assert_ptr_null(service_get(1 << 30));
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, has_every_built_in_service_under_its_own_name);
	tcase_add_test(t, has_no_other);
}

int
main(void)
{
	return runner_main("table", add);
}
