/* SPDX-License-Identifier: ISC */
/*
 * Access lists, as somebody wrote them: what is taken as a network is printed
 * and read back as the same, holds what its bits say, and of all rules the one
 * with the longest prefix decides, no_access on a tie.
 *
 * The input: 16 bytes of an address, a byte whose lowest bit makes it IPv4,
 * then lines; one with a `-` in front belongs to no_access.
 */
#include "config.h"

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "acceptor/limits.h"
#include "config/rules.h"
#include "fuzz/fuzz.h"

#define RULES_MAX 64
#define TEXT_MAX  4096

static struct item items[2][RULES_MAX]; /* no_access, only_from */
static struct service_conf conf;

/* A settings with its rules behind it, as an acceptor reads it. */
static struct {
	struct settings settings;
	struct settings_access rule[RULES_MAX];
} image;

static bool
bit(const struct addr *a, unsigned int i)
{
	return (a->ip[i / 8] >> (7 - i % 8) & 1) != 0;
}

static bool
holds(const struct cidr *net, const struct addr *a)
{
	unsigned int i;

	if (net->addr.family != a->family)
		return false;
	for (i = 0; i < net->bits; i++)
		if (bit(&net->addr, i) != bit(a, i))
			return false;
	return true;
}

static void
check_network(const char *text, const struct cidr *net, const struct addr *peer)
{
	char ip[ADDR_TEXT_MAX], again[ADDR_TEXT_MAX + 8];
	unsigned int i, bits = net->addr.family == AF_INET ? 32 : 128;
	struct addr inside = net->addr;
	struct cidr got;

	FUZZ_REQUIRE(net->bits <= bits && net->addr.port == 0);
	FUZZ_REQUIRE(net->addr.family == AF_INET ||
	    net->addr.family == AF_INET6);
	snprintf(again, sizeof(again), "%s/%u",
	    addr_format_ip(&net->addr, ip, sizeof(ip)), net->bits);
	FUZZ_REQUIRE(cidr_parse(again, &got) == NULL);
	FUZZ_REQUIRE(memcmp(&got, net, sizeof(got)) == 0);
	FUZZ_REQUIRE(strlen(text) < 64); /* nothing longer is one */
	FUZZ_REQUIRE(cidr_contains(net, peer) == holds(net, peer));
	for (i = 0; i < bits; i++) {
		FUZZ_REQUIRE(i < net->bits || !bit(&net->addr, i));
		inside.ip[i / 8] ^= (uint8_t)(0x80 >> i % 8);
		FUZZ_REQUIRE(cidr_contains(net, &inside) == (i >= net->bits));
		if (i < net->bits)
			inside.ip[i / 8] ^= (uint8_t)(0x80 >> i % 8);
	}
}

/* The oracle: looks at all rules. */
static bool
may_enter(const struct addr *peer)
{
	bool allow = conf.only_from.n == 0;
	struct cidr net;
	int best = -1;
	size_t i, l;

	for (l = 0; l < 2; l++)
		for (i = 0; i < (l == 0 ? conf.no_access.n : conf.only_from.n);
		     i++) {
			FUZZ_REQUIRE(cidr_parse(items[l][i].text, &net) ==
			    NULL);
			if (!holds(&net, peer) || (int)net.bits <= best)
				continue;
			best = net.bits;
			allow = l == 1;
		}
	return allow;
}

static void
check_rules(const struct addr *peer)
{
	const struct item *culprit = NULL;
	const char *why = NULL;
	struct rules rules;
	size_t i;

	conf.no_access.v = items[0];
	conf.only_from.v = items[1];
	FUZZ_REQUIRE(rules_make(&conf, &rules, &culprit, &why) == 0);
	FUZZ_REQUIRE(rules.n == conf.no_access.n + conf.only_from.n);
	for (i = 0; i < rules.n; i++) {
		image.rule[i].net = rules.v[i].net;
		image.rule[i].allow = rules.v[i].allow;
	}
	image.settings.access.off = offsetof(__typeof__(image), rule);
	image.settings.access.count = (uint32_t)rules.n;
	image.settings.access_default = rules.allow_others;
	FUZZ_REQUIRE(limits_allow(&image.settings, peer) == may_enter(peer));
	rules_free(&rules);
}

static void
read_lines(char *text, const struct addr *peer)
{
	struct cidr net;
	char *line;
	bool only;

	conf.no_access.n = conf.only_from.n = 0;
	while ((line = strsep(&text, "\n")) != NULL) {
		only = *line != '-';
		line += !only;
		/* A host name would be looked up. */
		if (cidr_parse(line, &net) != NULL) {
			FUZZ_REQUIRE(net.addr.family == AF_UNSPEC);
			continue;
		}
		check_network(line, &net, peer);
		if (conf.no_access.n + conf.only_from.n == RULES_MAX)
			break;
		items[only][only ? conf.only_from.n++ : conf.no_access.n++]
		    .text = line;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct addr peer = { .family = AF_INET6 };
	char *text;

	if (size < 17 || size > TEXT_MAX)
		return 0;
	memcpy(peer.ip, data, 16);
	if ((data[16] & 1) != 0) {
		peer.family = AF_INET;
		memset(peer.ip + 4, 0, 12);
	}
	FUZZ_REQUIRE((text = calloc(1, size - 16)) != NULL);
	memcpy(text, data + 17, size - 17);
	read_lines(text, &peer);
	check_rules(&peer);
	free(text);
	return 0;
}
