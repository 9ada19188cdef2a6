/* SPDX-License-Identifier: ISC */
/*
 * Linked into every program of a build with --enable-coverage: gcov's counters
 * become memory that all processes of a program share, in a file of COUNTERS.
 *
 * gcov's own way, to write at exit what a process has counted, fails here: a
 * session ends by _exit, may open nothing, is killed or becomes another
 * program, and in a child with CLONE_VM it would write its parent's counters
 * again.  With shared counters nobody has to write anything; not a count is
 * lost, whatever a process ends of.  The mapping is made before main, when
 * nothing is confined yet, and takes no descriptor and no memory that was not
 * there already; where it cannot be made, counts are lost, never invented.
 *
 * TINED_COVERAGE=harvest lets the program do nothing but write what all of its
 * processes have counted, the way gcov does, to the .gcda files.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <elf.h>
#include <fcntl.h>
#include <gcov.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_SIZE (2 * 20 + 1) /* of a SHA-1, in hexadecimal */

/* Of counters.ld. */
extern char coverage_begin[], coverage_end[];

void __wrap___gcov_exit(void);

/* What every object calls at exit; harvesting does that, and only once. */
void
__wrap___gcov_exit(void)
{
}

static void
name_by_note(const char *note, size_t size, char *name)
{
	const ElfW(Nhdr) * n;
	const unsigned char *id;
	size_t i, len;

	for (; size > sizeof(*n); note += len, size -= len) {
		n = (const void *)note;
		id = (const unsigned char *)note + sizeof(*n) +
		    ((n->n_namesz + 3U) & ~3U);
		len = sizeof(*n) + ((n->n_namesz + 3U) & ~3U) +
		    ((n->n_descsz + 3U) & ~3U);
		if (len > size)
			return;
		if (n->n_type != NT_GNU_BUILD_ID)
			continue;
		for (i = 0; i < n->n_descsz && 2 * i + 2 < NAME_SIZE; i++)
			snprintf(name + 2 * i, 3, "%02x", id[i]);
	}
}

/* The program itself comes first: its build id, wherever it was copied. */
static int
find_name(struct dl_phdr_info *info, size_t size, void *name)
{
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_NOTE)
			name_by_note((const char *)(info->dlpi_addr +
					 info->dlpi_phdr[i].p_vaddr),
			    info->dlpi_phdr[i].p_memsz, name);
	return 1;
}

/* Every user's processes count in it. */
static int
open_counters(const char *path, size_t size)
{
	struct stat st;
	int fd;

	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)) == -1)
		return -1;
	(void)fchmod(fd, 0666);
	/* Never shorter than before: others have it mapped. */
	if (fstat(fd, &st) == 0 &&
	    (st.st_size >= (off_t)size || ftruncate(fd, (off_t)size) == 0))
		return fd;
	close(fd);
	return -1;
}

static int
share(const char *path)
{
	size_t size = (size_t)(coverage_end - coverage_begin);
	void *mem;
	int fd;

	if ((fd = open_counters(path, size)) == -1)
		return -1;
	mem = mmap(coverage_begin, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_FIXED, fd, 0);
	close(fd);
	return mem == MAP_FAILED ? -1 : 0;
}

static void __attribute__((constructor)) begin(void)
{
	char name[NAME_SIZE] = "", path[sizeof(COUNTERS) + NAME_SIZE];
	const char *what = getenv("TINED_COVERAGE");

	dl_iterate_phdr(find_name, name);
	snprintf(path, sizeof(path), "%s/%s", COUNTERS, name);
	if (what == NULL || strcmp(what, "harvest") != 0) {
		(void)share(path);
		return;
	}
	/* A program that never ran has nothing to tell. */
	if (access(path, F_OK) == -1)
		_exit(0);
	if (share(path) == -1)
		_exit(1);
	__gcov_dump();
	_exit(unlink(path) == 0 ? 0 : 1);
}
