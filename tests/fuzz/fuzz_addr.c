/* SPDX-License-Identifier: ISC */
/*
 * Addresses from anybody's text: what is taken is well-formed, and what is
 * printed is read back as the same.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <string.h>

#include "base/addr.h"
#include "fuzz/fuzz.h"

static void
split(const char *text)
{
	static const struct addr_text nothing;
	struct addr_text a;
	struct sockaddr_un sun;

	if (addr_split(text, &a) != NULL) {
		FUZZ_REQUIRE(memcmp(&a, &nothing, sizeof(a)) == 0);
		return;
	}
	switch (a.kind) {
	case ADDR_INET:
		FUZZ_REQUIRE(a.port[0] != '\0' && a.path[0] == '\0');
		FUZZ_REQUIRE(strpbrk(a.host, " \t\n[]/") == NULL);
		FUZZ_REQUIRE(a.literal_v6 == (strchr(a.host, ':') != NULL));
		break;
	case ADDR_UNIX:
		FUZZ_REQUIRE(a.host[0] == '\0' && a.port[0] == '\0');
		FUZZ_REQUIRE(a.path[0] == '/' || a.path[0] == '@');
		FUZZ_REQUIRE(strcmp(a.path, text + 5) == 0);
		FUZZ_REQUIRE(addr_to_sockaddr_un(a.path, &sun) > 0);
		break;
	case ADDR_INHERITED:
		FUZZ_REQUIRE(strcmp(a.host, text + 8) == 0);
		FUZZ_REQUIRE(a.port[0] == '\0' && a.path[0] == '\0');
		break;
	}
}

/* Looking up a name of an interface is left out: it asks the kernel. */
static void
ip(const char *text)
{
	char buf[ADDR_TEXT_MAX];
	struct sockaddr_storage ss;
	struct addr a, b;

	if (strchr(text, '%') != NULL || addr_from_ip(text, &a) == -1)
		return;
	addr_format_ip(&a, buf, sizeof(buf));
	FUZZ_REQUIRE(addr_from_ip(buf, &b) == 0);
	FUZZ_REQUIRE(memcmp(&a, &b, sizeof(a)) == 0);
	FUZZ_REQUIRE(addr_to_sockaddr(&a, &ss) > 0);
	addr_from_sockaddr((struct sockaddr *)&ss, &b);
	FUZZ_REQUIRE(memcmp(&a, &b, sizeof(a)) == 0);
}

static void
network(const char *text)
{
	struct cidr net;

	if (cidr_parse(text, &net) == NULL)
		FUZZ_REQUIRE(cidr_contains(&net, &net.addr));
}

/* Any sockaddr that the kernel could return, and any addr in shared memory. */
static void
bytes(const uint8_t *data, size_t size)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	char buf[ADDR_TEXT_MAX];
	struct addr a;

	memcpy(&ss, data, size < sizeof(ss) ? size : sizeof(ss));
	addr_from_sockaddr((struct sockaddr *)&ss, &a);
	addr_format(&a, buf, sizeof(buf));
	if (size < sizeof(a))
		return;
	memcpy(&a, data, sizeof(a));
	addr_format(&a, buf, sizeof(buf));
	FUZZ_REQUIRE(strlen(buf) < sizeof(buf) - 1);
	addr_mask(&a, data[0], data[1]);
	addr_format_ip(&a, buf, data[2] % sizeof(buf));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[8192];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	split(text);
	ip(text);
	network(text);
	bytes(data, size);
	return 0;
}
