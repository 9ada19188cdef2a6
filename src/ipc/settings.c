/* SPDX-License-Identifier: ISC */
/*
 * Reading a settings: the acceptor trusts main, but a settings of another build, or
 * one cut short, must end in a sentence and not in a crash.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>

#include "ipc/scoreboard.h"
#include "ipc/builtin.h"
#include "ipc/settings.h"

#ifndef TINED_BUILD
#define TINED_BUILD "0"
#endif

/* Far below where a time that is added to the clock's would run over. */
#define TIME_MAX (INT64_MAX / 4)

#define SETTINGS_SEALS                                                         \
	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

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
settings_string(const struct settings *s, struct settings_ref r)
{
	return settings_bytes(s, r);
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
	return (struct scoreboard_place) { .number = s->place.section,
		.desk = s->place.desk,
		.nsources = s->place.nsources,
		.nslots = s->place.nslots,
		/* Only main writes to its own. */
		.pages = (uint32_t *)settings_bytes(s, s->place.pages),
		.seed = s->place.seed };
}

static bool
bytes_ok(const struct settings *s, struct settings_ref r, size_t size)
{
	if (r.count == 0)
		return true;
	return r.off >= sizeof(*s) && r.off % 8 == 0 && r.off < s->size &&
	    r.count <= (s->size - r.off) / size;
}

static bool
text_ok(const struct settings *s, uint32_t off)
{
	if (off < sizeof(*s) || off >= s->size)
		return false;
	return memchr((const char *)s + off, '\0', s->size - off) != NULL;
}

/* A string's count is its length with the NUL. */
static bool
string_ok(const struct settings *s, struct settings_ref r)
{
	return bytes_ok(s, r, 1) &&
	    (r.count == 0 ||
		strnlen(settings_string(s, r), r.count) == r.count - 1);
}

static bool
list_ok(const struct settings *s, struct settings_ref r)
{
	const uint32_t *off;
	uint32_t i;

	if (!bytes_ok(s, r, sizeof(*off)))
		return false;
	off = settings_bytes(s, r);
	for (i = 0; i < r.count; i++)
		if (!text_ok(s, off[i]))
			return false;
	return true;
}

static bool
tail_ok(const struct settings *s)
{
	return list_ok(s, s->argv) && list_ok(s, s->env) &&
	    list_ok(s, s->writable) && string_ok(s, s->chroot) &&
	    string_ok(s, s->directory) && bytes_ok(s, s->refuse_message, 1) &&
	    bytes_ok(s, s->access, sizeof(struct settings_access)) &&
	    bytes_ok(s, s->groups, sizeof(uint32_t)) &&
	    bytes_ok(s, s->seccomp, sizeof(struct sock_filter)) &&
	    s->seccomp.count <= BPF_MAXINSNS;
}

static bool
listeners_ok(const struct settings *s)
{
	uint32_t i;

	if (s->nlisteners == 0 || s->nlisteners > SETTINGS_LISTENERS)
		return false;
	for (i = 0; i < s->nlisteners; i++)
		if (memchr(s->listener[i].path, '\0', ADDR_PATH_MAX) == NULL)
			return false;
	return true;
}

static bool
is_time(int64_t ms)
{
	return ms >= 0 && ms <= TIME_MAX;
}

static bool
numbers_ok(const struct settings *s)
{
	return s->instances >= 1 && s->instances <= SCOREBOARD_SLOTS &&
	    s->per_source >= 1 && s->prefix_v4 <= 32 && s->prefix_v6 <= 128 &&
	    s->when_full <= WHEN_FULL_REFUSE && s->stderr_to <= STDERR_SOCKET &&
	    s->leftovers <= LEFTOVERS_END && s->sandbox <= SANDBOX_STRICT &&
	    is_time(s->idle_ms) && is_time(s->max_ms) && is_time(s->drain_ms) &&
	    s->umask <= 0777 && s->nice >= -20 && s->nice <= 19 &&
	    s->builtin >= BUILTIN_NONE && s->builtin < BUILTIN_COUNT &&
	    (s->builtin != BUILTIN_NONE) == (s->argv.count == 0);
}

/* Whether the section is large enough; that it lies on the board scoreboard_map
 * sees to. */
static bool
place_ok(const struct settings *s)
{
	const struct settings_place *p = &s->place;

	return p->section < SCOREBOARD_LIVE &&
	    p->nslots == scoreboard_nslots(s->instances) &&
	    p->nsources == scoreboard_nsources(s->instances) &&
	    p->pages.count == scoreboard_slots_pages(p->nslots) &&
	    bytes_ok(s, p->pages, sizeof(uint32_t));
}

static const char *
check(const struct settings *s)
{
	if (memchr(s->service, '\0', sizeof(s->service)) == NULL)
		return "the service has no name";
	if (!listeners_ok(s))
		return "its listeners are malformed";
	if (!numbers_ok(s))
		return "a number is out of range";
	if (!place_ok(s))
		return "its section of the board is malformed";
	if (!tail_ok(s))
		return "an offset leads out of it";
	return NULL;
}

const struct settings *
settings_map(int fd, const char **why)
{
	const struct settings *s;
	struct stat st;
	int seals;

	seals = fcntl(fd, F_GET_SEALS);
	if (seals == -1 || (seals & SETTINGS_SEALS) != SETTINGS_SEALS) {
		*why = "it is no sealed memfd";
		return NULL;
	}
	if (fstat(fd, &st) == -1 || st.st_size < (off_t)sizeof(*s) ||
	    st.st_size > SETTINGS_SIZE_MAX) {
		*why = "its size is wrong";
		return NULL;
	}
	s = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (s == MAP_FAILED) {
		*why = "it cannot be mapped";
		return NULL;
	}
	if (strncmp(s->version, settings_version(), sizeof(s->version)) != 0)
		*why = "it was made by another build of tined";
	else if (s->size != (uint32_t)st.st_size)
		*why = "its size is wrong";
	else
		*why = check(s);
	if (*why == NULL)
		return s;
	munmap((void *)s, st.st_size);
	return NULL;
}
