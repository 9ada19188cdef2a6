/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/fork/fork.h"
#include "base/io.h"

/* By the linker: the beginning of the program in memory. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

struct range {
	char *from;
	size_t size;
};

/* The program in memory, elf(5); size 0: none, or not to be changed. */
struct image {
	struct range head;  /* headers and relocations, for the start */
	struct range relro; /* relocated constants and those before them */
	struct range data;  /* all that can be written */
};

static const char marker[] = "a constant";

/* From the page where it begins to the page where it ends; whole: includes it. */
static struct range
pages(const ElfW(Phdr) * ph, bool whole)
{
	uintptr_t mask = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
	uintptr_t from = (uintptr_t)&__ehdr_start + ph->p_vaddr;
	uintptr_t to = from + ph->p_memsz + (whole ? mask : 0);

	return (struct range) { (char *)(from & ~mask),
		(to & ~mask) - (from & ~mask) };
}

static bool
holds(const struct range *r, const char *p)
{
	return p >= r->from && p < r->from + r->size;
}

/*
 * Segments are in the order of their addresses: with -z separate-code there is a
 * read-only one before the text and one after it.  The linker decides which has
 * the constants; if it is the latter, the former has only what the start of a
 * static program needs.  (The run-time linker needs it for good.)
 */
static void
image_find(struct image *im)
{
	const char *base = (const char *)&__ehdr_start;
	const ElfW(Phdr) *ph = (const void *)(base + __ehdr_start.e_phoff);
	struct range constants = { 0 }; /* behind the text, up to relro */
	struct range *read_only = &im->head;
	bool interpreted = false;
	int i;

	memset(im, 0, sizeof(*im));
	for (i = 0; i < __ehdr_start.e_phnum; i++, ph++) {
		if (ph->p_type == PT_INTERP)
			interpreted = true;
		if (ph->p_type == PT_GNU_RELRO)
			im->relro = pages(ph, false);
		if (ph->p_type != PT_LOAD)
			continue;
		if ((ph->p_flags & PF_W) != 0)
			im->data = pages(ph, true);
		else if ((ph->p_flags & PF_X) != 0)
			read_only = &constants;
		else if (im->data.size == 0)
			*read_only = pages(ph, true);
	}
	if (interpreted || !holds(&constants, marker))
		im->head.size = 0;
	/* With a gap between them they stay two mappings. */
	if (im->relro.size > 0 &&
	    constants.from + constants.size == im->relro.from) {
		im->relro.from = constants.from;
		im->relro.size += constants.size;
	}
}

static void
seal(const struct range *r)
{
	int fd = io_sealed("tined constants", r->from, r->size);

	if (fd == -1)
		return;
	mmap(r->from, r->size, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	close(fd);
}

static bool
all_zero(const char *p, size_t size)
{
	return p[0] == 0 && memcmp(p, p + 1, size - 1) == 0;
}

/* Nothing may write to it between the copy and the move.  Pages that are not
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
	struct image im;
	char *end;

	image_find(&im);
	if (im.data.size == 0)
		return;
	if (im.relro.size > 0) {
		seal(&im.relro);
		end = im.data.from + im.data.size;
		im.data.from = im.relro.from + im.relro.size;
		im.data.size = (size_t)(end - im.data.from);
	}
	if (im.data.size > 0)
		merge(&im.data);
	/* Last: the program headers are in it. */
	if (im.head.size > 0)
		munmap(im.head.from, im.head.size);
}
