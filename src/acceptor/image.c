/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/image.h"
#include "base/io.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* The linker's: where the program begins in memory. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

struct range {
	char *from;
	size_t size;
};

/* What the first program header of a type, with these flags, says, elf(5): from
 * the page where it begins to the one where it ends, or behind that. */
static bool
find(ElfW(Word) type, ElfW(Word) flags, bool whole, struct range *r)
{
	const char *base = (const char *)&__ehdr_start;
	const ElfW(Phdr) *ph = (const void *)(base + __ehdr_start.e_phoff);
	uintptr_t mask = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
	uintptr_t from, to;
	int i;

	for (i = 0; i < __ehdr_start.e_phnum; i++, ph++) {
		if (ph->p_type != type || (ph->p_flags & flags) != flags)
			continue;
		from = (uintptr_t)base + ph->p_vaddr;
		to = from + ph->p_memsz + (whole ? mask : 0);
		r->from = (char *)(from & ~mask);
		r->size = (to & ~mask) - (from & ~mask);
		return true;
	}
	return false;
}

static void
seal(const struct range *r)
{
	int fd = memfd_create("tined constants",
	    MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd == -1)
		return;
	if (io_write_all(fd, r->from, r->size) == 0 &&
	    fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		mmap(r->from, r->size, PROT_READ, MAP_SHARED | MAP_FIXED, fd,
		    0);
	close(fd);
}

static bool
all_zero(const char *p, size_t size)
{
	return p[0] == 0 && memcmp(p, p + 1, size - 1) == 0;
}

/* Nothing may write to it between the copy and the move.  Pages that nobody has
 * written yet (.bss) stay absent. */
static void
merge(const struct range *r)
{
	size_t at, page = (size_t)sysconf(_SC_PAGESIZE);
	char *copy = mmap(NULL, r->size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return;
	for (at = 0; at < r->size; at += page)
		if (!all_zero(r->from + at, page))
			memcpy(copy + at, r->from + at, page);
	if (mremap(copy, r->size, r->size, MREMAP_MAYMOVE | MREMAP_FIXED,
		r->from) == MAP_FAILED)
		munmap(copy, r->size);
}

void
image_pack(void)
{
	struct range relro, data;
	char *end;

	if (!find(PT_LOAD, PF_W, true, &data))
		return;
	if (find(PT_GNU_RELRO, 0, false, &relro) && relro.size > 0) {
		seal(&relro);
		end = data.from + data.size;
		data.from = relro.from + relro.size;
		data.size = (size_t)(end - data.from);
	}
	if (data.size > 0)
		merge(&data);
}
