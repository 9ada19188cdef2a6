/* SPDX-License-Identifier: ISC */
/*
 * A main for fuzz targets without a fuzzer: feeds every file of the
 * directories given, without arguments those of its name below $srcdir,
 * and reports each as a TAP test.  A target that fails ends the program.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

#define INPUT_MAX    ((size_t)1 << 20)
#define DIRECTORY_FD 100 /* those from 3 on may be what a target is about */

static unsigned int ninputs;

static void
replay_file(int dir, const char *name)
{
	uint8_t *data;
	struct stat st;
	size_t size;
	int fd;

	if ((fd = openat(dir, name, O_RDONLY | O_CLOEXEC)) == -1)
		err(1, "%s", name);
	if (fstat(fd, &st) == -1)
		err(1, "%s", name);
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return;
	}
	size = (size_t)st.st_size;
	if (size > INPUT_MAX)
		errx(1, "%s: too large", name);
	/* Exactly as large as the input, so that a sanitizer sees its end. */
	if ((data = malloc(size > 0 ? size : 1)) == NULL)
		err(1, NULL);
	if (read(fd, data, size) != (ssize_t)size)
		err(1, "%s", name);
	close(fd);
	printf("# %s\n", name); /* so that a crash names its input */
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %u - %s\n", ++ninputs, name);
}

static void
replay_directory(const char *path)
{
	struct dirent **entry;
	int dir, low, i, n;

	if ((low = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		err(1, "%s", path);
	if ((dir = fcntl(low, F_DUPFD_CLOEXEC, DIRECTORY_FD)) == -1)
		err(1, "%s", path);
	close(low);
	if ((n = scandir(path, &entry, NULL, alphasort)) == -1)
		err(1, "%s", path);
	for (i = 0; i < n; i++) {
		replay_file(dir, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	close(dir);
}

int
main(int argc, char *argv[])
{
	const char *srcdir = getenv("srcdir"), *name;
	struct rlimit limit;
	char seeds[256];
	int i;

	/* For the directory's; some are started with few. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur <= DIRECTORY_FD) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	for (i = 1; i < argc; i++)
		replay_directory(argv[i]);
	if (argc == 1) {
		/* fuzz_NAME reads NAME's seeds. */
		name = strrchr(argv[0], '_');
		if (name == NULL)
			errx(1, "%s: the name has no target", argv[0]);
		snprintf(seeds, sizeof(seeds), "tests/fuzz/seeds/%s", name + 1);
		if (srcdir != NULL && chdir(srcdir) == -1)
			err(1, "%s", srcdir);
		replay_directory(seeds);
	}
	if (ninputs == 0)
		errx(1, "no inputs");
	printf("1..%u\n", ninputs);
	return 0;
}
