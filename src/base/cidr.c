/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "base/addr.h"

#define CIDR_TEXT_MAX 64 /* longer than any address */

static unsigned int
family_bits(const struct addr *a)
{
	return a->family == AF_INET ? 32 : 128;
}

/* A prefix length: one to three digits without leading zeros.  -1: invalid. */
static int
prefix_length(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 3 || text[n] != '\0')
		return -1;
	if (n > 1 && text[0] == '0')
		return -1;
	return (int)strtol(text, NULL, 10);
}

/*
 * Sets the prefix of an address.  One that was written as a mapped address is
 * IPv4 now, but its prefix includes 96 bits more.
 */
static const char *
set_prefix(struct cidr *net, int bits, bool mapped)
{
	struct addr masked = net->addr;

	if (mapped) {
		if (bits < 96)
			return "prefix too short for an IPv4-mapped address";
		bits -= 96;
	}
	if ((unsigned int)bits > family_bits(&net->addr))
		return "prefix too long";
	addr_mask(&masked, (unsigned int)bits, (unsigned int)bits);
	if (!addr_equal(&masked, &net->addr))
		return "host bits are set";
	net->bits = (uint8_t)bits;
	return NULL;
}

const char *
cidr_parse(const char *text, struct cidr *out)
{
	char ip[CIDR_TEXT_MAX];
	size_t n = strcspn(text, "/");
	const char *why;
	int bits;

	memset(out, 0, sizeof(*out));
	if (*text == '\0')
		return "empty address";
	if (n >= sizeof(ip))
		return "not an IP address";
	memcpy(ip, text, n);
	ip[n] = '\0';
	if (strchr(ip, '%') != NULL)
		return "a network has no zone";
	if (addr_from_ip(ip, &out->addr) == -1)
		return "not an IP address";
	out->bits = (uint8_t)family_bits(&out->addr);
	if (text[n] == '\0')
		return NULL;
	if ((bits = prefix_length(text + n + 1)) == -1)
		why = "bad prefix length";
	else
		why = set_prefix(out, bits,
		    out->addr.family == AF_INET && strchr(ip, ':') != NULL);
	if (why != NULL)
		memset(out, 0, sizeof(*out));
	return why;
}

void
cidr_from_addr(const struct addr *a, struct cidr *out)
{
	memset(out, 0, sizeof(*out));
	if (a->family != AF_INET && a->family != AF_INET6)
		return;
	out->addr = *a;
	out->bits = (uint8_t)family_bits(a);
	addr_mask(&out->addr, 32, 128);
}

bool
cidr_contains(const struct cidr *net, const struct addr *a)
{
	unsigned int whole = net->bits / 8, rest = net->bits % 8;

	if (a->family != AF_INET && a->family != AF_INET6)
		return false;
	if (net->addr.family != a->family || net->bits > family_bits(a))
		return false;
	if (memcmp(net->addr.ip, a->ip, whole) != 0)
		return false;
	if (rest == 0)
		return true;
	return ((net->addr.ip[whole] ^ a->ip[whole]) >> (8 - rest)) == 0;
}
