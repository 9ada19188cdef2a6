/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "sandbox/kernel.h"
#include "sandbox/landlock.h"

/*
 * The kernel's interface, defined here: the headers of a stable distribution
 * are often older than the kernels in use.
 */
#define FS_EXECUTE    ((uint64_t)1 << 0)
#define FS_WRITE_FILE ((uint64_t)1 << 1)
#define FS_READ_FILE  ((uint64_t)1 << 2)
#define FS_READ_DIR   ((uint64_t)1 << 3)
#define FS_TRUNCATE   ((uint64_t)1 << 14)
#define FS_IOCTL_DEV  ((uint64_t)1 << 15)
#define FS_READ       (FS_EXECUTE | FS_READ_FILE | FS_READ_DIR)
/* Those that a rule on something else than a directory may have. */
#define FS_FILE                                                                \
	(FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

#define NET_BIND_TCP      ((uint64_t)1 << 0)
#define NET_CONNECT_TCP   ((uint64_t)1 << 1)
#define SCOPE_ABSTRACT    ((uint64_t)1 << 0)
#define SCOPE_SIGNAL      ((uint64_t)1 << 1)
#define RULE_PATH_BENEATH 1

#define ABI_REFER     2
#define ABI_TRUNCATE  3
#define ABI_NET       4
#define ABI_IOCTL_DEV 5
#define ABI_SCOPE     6

struct ruleset_attr {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

struct path_beneath_attr {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full",
	"/dev/random", "/dev/urandom" };

/* Every right on files that this ABI knows. */
static uint64_t
fs_all(int abi)
{
	const int bits = 13 + (abi >= ABI_REFER) + (abi >= ABI_TRUNCATE) +
	    (abi >= ABI_IOCTL_DEV);

	return ((uint64_t)1 << bits) - 1;
}

/* A kernel that does not know the last members accepts them as 0. */
static int
ruleset_new(int abi)
{
	const struct ruleset_attr attr = {
		.fs = fs_all(abi),
		.net = abi >= ABI_NET ? NET_BIND_TCP | NET_CONNECT_TCP : 0,
		.scoped = abi >= ABI_SCOPE ? SCOPE_ABSTRACT | SCOPE_SIGNAL : 0,
	};

	return (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr),
	    0);
}

int
landlock_session(int ruleset)
{
	return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

static int
rule_add(int ruleset, const char *path, uint64_t rights, const char **noun)
{
	struct path_beneath_attr attr = { .allowed = rights };
	struct stat st;
	int result;

	*noun = path;
	if ((attr.fd = open(path, O_PATH | O_CLOEXEC)) == -1)
		return -1;
	result = fstat(attr.fd, &st);
	if (result == 0) {
		if (!S_ISDIR(st.st_mode))
			attr.allowed &= FS_FILE;
		result = (int)syscall(SYS_landlock_add_rule, ruleset,
		    RULE_PATH_BENEATH, &attr, 0);
	}
	io_close(attr.fd);
	return result;
}

int
landlock_nothing(int abi)
{
	int error, ruleset;

	if (abi < 1)
		return 0;
	if ((ruleset = ruleset_new(abi)) == -1)
		return -1;
	error = landlock_session(ruleset);
	io_close(ruleset);
	return error;
}

static int
program_rules(int ruleset, const struct settings *s, uint64_t all, bool tmp,
    const char **noun)
{
	const char *directory = settings_bytes(s, s->directory);
	size_t i;

	if (rule_add(ruleset, "/", FS_READ, noun) == -1)
		return -1;
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (rule_add(ruleset, devices[i],
			all & (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE),
			noun) == -1 &&
		    errno != ENOENT)
			return -1;
	for (i = 0; i < s->writable.count; i++)
		if (rule_add(ruleset,
			settings_item(s, s->writable, (uint32_t)i), all,
			noun) == -1)
			return -1;
	if (directory != NULL && strcmp(directory, "/") != 0 &&
	    rule_add(ruleset, directory, all, noun) == -1)
		return -1;
	return tmp ? rule_add(ruleset, "/tmp", all, noun) : 0;
}

int
landlock_program(const struct settings *s, int abi, bool tmp, int *ruleset,
    const char **noun)
{
	int fd;

	*noun = "landlock";
	*ruleset = 0;
	if (abi < 1)
		return 0;
	if ((fd = ruleset_new(abi)) == -1)
		return -1;
	if (program_rules(fd, s, fs_all(abi), tmp, noun) == 0) {
		*noun = "landlock";
		if (landlock_session(fd) == 0) {
			*ruleset = fd;
			return 0;
		}
	}
	io_close(fd);
	return -1;
}
