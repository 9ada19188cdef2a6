/* SPDX-License-Identifier: ISC */
/*
 * Reading settings.  The acceptor trusts main, so it checks only that they are
 * whole, cannot change any more, and were made by the same build: then their
 * layout, offsets and ranges are those of this program.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <string.h>

#include "base/io.h"
#include "ipc/settings.h"

#ifndef TINED_BUILD
#define TINED_BUILD "0"
#endif

const char *
settings_version(void)
{
	return PACKAGE_VERSION " " TINED_BUILD;
}

const void *
settings_bytes(const struct settings *s, struct settings_ref r)
{
	return r.count == 0 ? NULL : (const char *)s + r.off;
}

const char *
settings_item(const struct settings *s, struct settings_ref r, uint32_t i)
{
	const uint32_t *off = settings_bytes(s, r);

	return (const char *)s + off[i];
}

struct scoreboard_place
settings_place(const struct settings *s)
{
	struct scoreboard_place p = s->place;

	p.pages = (uint32_t *)settings_bytes(s, s->pages); /* not written to */
	return p;
}

const struct settings *
settings_map(int fd, const char **why)
{
	const struct settings *s;
	struct stat st;
	int seals;

	seals = fcntl(fd, F_GET_SEALS);
	if (seals == -1 || (seals & IO_SEALS) != IO_SEALS) {
		*why = "not a sealed memfd";
		return NULL;
	}
	if (fstat(fd, &st) == -1 || st.st_size < (off_t)sizeof(*s) ||
	    st.st_size > SETTINGS_SIZE_MAX) {
		*why = "wrong size";
		return NULL;
	}
	s = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (s == MAP_FAILED) {
		*why = "cannot be mapped";
		return NULL;
	}
	if (strncmp(s->version, settings_version(), sizeof(s->version)) != 0)
		*why = "made by another build of tined";
	else if (s->size != (uint32_t)st.st_size)
		*why = "wrong size";
	else
		return s;
	munmap((void *)s, st.st_size);
	return NULL;
}
