/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "ipc/command.h"

_Static_assert(sizeof(struct command_request) == 128,
    "struct command_request is frozen");
_Static_assert(sizeof(struct command_answer) == 8, "and so is its answer");

static const char *const names[COMMAND_VERBS] = {
	[COMMAND_UPGRADE] = "upgrade",
	[COMMAND_RELOAD] = "reload",
	[COMMAND_STOP] = "stop",
	[COMMAND_LOOK] = "look",
	[COMMAND_PAUSE] = "pause",
	[COMMAND_RESUME] = "resume",
	[COMMAND_END_SESSIONS] = "end",
	[COMMAND_EXPLAIN] = "explain",
	[COMMAND_FORGIVE] = "forgive",
};

const char *
command_name(uint32_t verb)
{
	return verb < COMMAND_VERBS ? names[verb] : NULL;
}

static bool
is_zero(const void *bytes, size_t size)
{
	const uint8_t *p = bytes;

	for (; size > 0; size--)
		if (*p++ != 0)
			return false;
	return true;
}

/* Empty, or of the characters that a service's name has; zeros behind it. */
static bool
is_name(const char name[static COMMAND_NAME_MAX])
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789_.-";
	size_t len = strnlen(name, COMMAND_NAME_MAX);

	return len < COMMAND_NAME_MAX && strspn(name, characters) == len &&
	    is_zero(name + len, COMMAND_NAME_MAX - len);
}

/* Whether no bit is set behind the prefix. */
static bool
is_network(const struct command_request *c)
{
	unsigned int whole = c->bits / 8, rest = c->bits % 8;

	if (c->family == 0)
		return c->bits == 0 && is_zero(c->network, sizeof(c->network));
	if ((c->family != 4 && c->family != 6) ||
	    c->bits > (c->family == 4 ? 32 : 128))
		return false;
	if (rest != 0) {
		if ((c->network[whole] & (0xff >> rest)) != 0)
			return false;
		whole++;
	}
	return is_zero(c->network + whole, sizeof(c->network) - whole);
}

static const char *
check(const struct command_request *c)
{
	if (command_name(c->verb) == NULL)
		return "unknown verb";
	if (c->version != COMMAND_VERSION)
		return "unknown version";
	if (c->ms < 0)
		return "negative time";
	if (!is_name(c->service))
		return "malformed name of a service";
	if (!is_network(c))
		return "malformed network";
	if (c->kill > (c->verb == COMMAND_END_SESSIONS))
		return "kill is set";
	if (!is_zero(c->reserved, sizeof(c->reserved)))
		return "reserved bytes are set";
	return NULL;
}

const char *
command_parse(const void *packet, size_t size, struct command_request *out)
{
	const char *why;

	memset(out, 0, sizeof(*out));
	if (size != sizeof(*out))
		return "wrong length";
	memcpy(out, packet, sizeof(*out));
	why = check(out);
	if (why != NULL)
		*out = (struct command_request) { .version = out->version,
			.verb = out->verb };
	return why;
}
