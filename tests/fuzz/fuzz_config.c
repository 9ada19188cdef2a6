/* SPDX-License-Identifier: ISC */
/*
 * Any configuration file: it is refused with reasons, each one line, or its
 * values are printed and read back as the same.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "config/conf.h"
#include "config/print.h"
#include "fuzz/fuzz.h"
#include "fuzz/load.h"

/* Descriptors as files, so that nothing is written to disk. */
static int
new_file(char *path, size_t size)
{
	int fd = memfd_create("tined.conf", MFD_CLOEXEC);

	FUZZ_REQUIRE(fd != -1);
	snprintf(path, size, "/proc/self/fd/%d", fd);
	return fd;
}

static struct config *
load(const char *path)
{
	struct config_source src = { .file = path, .foreground = true };
	struct errors errors = { 0 };
	struct config *c;
	size_t i;

	c = fuzz_load(&src, &errors);
	FUZZ_REQUIRE((c == NULL) == errors_any(&errors));
	for (i = 0; i < errors.n; i++)
		FUZZ_REQUIRE(strchr(errors.v[i].text, '\n') == NULL);
	errors_free(&errors);
	return c;
}

static bool
same(const struct config *a, const struct config *b)
{
	const struct service_conf *sa, *sb;

	if (a->nservices != b->nservices)
		return false;
	sb = TAILQ_FIRST(&b->services);
	TAILQ_FOREACH (sa, &a->services, entry) {
		if (strcmp(sa->name, sb->name) != 0 ||
		    !config_same_service(sa, sb))
			return false;
		sb = TAILQ_NEXT(sb, entry);
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *c, *again;
	char path[64];
	int fd;

	fd = new_file(path, sizeof(path));
	FUZZ_REQUIRE(io_write_all(fd, data, size) == 0);
	c = load(path);
	close(fd);
	if (c == NULL)
		return 0;
	fd = new_file(path, sizeof(path));
	print_config(c, fd);
	again = load(path);
	close(fd);
	FUZZ_REQUIRE(again != NULL);
	FUZZ_REQUIRE(same(c, again));
	config_free(c);
	config_free(again);
	return 0;
}
