/* SPDX-License-Identifier: ISC */
/*
 * Socket addresses, their text, and networks.
 *
 * A struct addr is plain data without pointers, for shared memory and records.  It
 * never holds an IPv4-mapped IPv6 address, which becomes IPv4 when it is read.
 */
#ifndef TINED_BASE_ADDR_H
#define TINED_BASE_ADDR_H

#include <sys/socket.h>
#include <sys/un.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDR_HOST_MAX 256 /* RFC 1035: 253 and the NUL */
#define ADDR_PORT_MAX 33  /* a services(5) name */
#define ADDR_PATH_MAX 109 /* sun_path, which may lack a NUL, and that */
#define ADDR_TEXT_MAX 128 /* what addr_format may write */

struct addr {
	uint8_t family; /* AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC: none */
	uint8_t pad;
	uint16_t port;  /* host order */
	uint32_t scope; /* IPv6 zone, an interface index; or 0 */
	union {
		uint8_t ip[16]; /* network order; IPv4 in the first four */
		struct {
			uint32_t uid;
			uint32_t gid;
			int32_t pid;
		} cred; /* AF_UNIX: SO_PEERCRED of the peer */
	};
};

/* A network: the addresses that have the first bits of addr. */
struct cidr {
	struct addr addr; /* port and scope 0; bits after the prefix 0 */
	uint8_t bits;     /* 0 to 32, or 0 to 128 */
	uint8_t pad[3];
};

enum addr_kind {
	ADDR_INET,     /* host and port; host "" is every address */
	ADDR_UNIX,     /* path; path[0] == '@' is abstract */
	ADDR_INHERITED /* host is the name given in LISTEN_FDNAMES */
};

/* The parts of an address as it was written, before any look-up. */
struct addr_text {
	enum addr_kind kind;
	bool literal_v6; /* host was in brackets */
	char host[ADDR_HOST_MAX];
	char port[ADDR_PORT_MAX];
	char path[ADDR_PATH_MAX];
};

/*
 * Parses `host:port`, `[v6]:port`, `*:port`, `:port`, `unix:/path`,
 * `unix:@abstract` or `systemd:name`.  Returns NULL, or the reason why text is
 * invalid (a constant: "no port", "path too long", ...).
 */
const char *addr_split(const char *text, struct addr_text *out);

/*
 * Parses a port, 0 to 65535.  Returns NULL with the port in host order, or with
 * *named where text may be a name of services(5); or the reason why text is
 * invalid.
 */
const char *addr_port_number(const char *text, uint16_t *port, bool *named);

/* The same, but looks a name up, for tcp.  May block: only tine calls it. */
const char *addr_port(const char *text, uint16_t *port);

/* Parses a numeric IP address.  0, or -1 when text is not one. */
int addr_from_ip(const char *text, struct addr *out);

/*
 * What the kernel returned, as an addr.  A mapped address becomes IPv4.  For
 * AF_UNIX only the family is set.  An unknown family gives AF_UNSPEC.
 */
void addr_from_sockaddr(const struct sockaddr *sa, struct addr *out);

/* The sockaddr for an IPv4 or IPv6 addr.  Returns its length. */
socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *ss);

/* The sockaddr for a Unix path ('@' first: abstract).  Returns its length. */
socklen_t addr_to_sockaddr_un(const char *path, struct sockaddr_un *sun);

/*
 * Writes `192.0.2.1:7`, `[2001:db8::1]:7` (a zone as %index), or for a Unix
 * peer `uid:1000,gid:1000,pid:4242`.  Always a string; returns buf.
 */
char *addr_format(const struct addr *a, char *buf, size_t size);

/* As addr_format but the IP address alone, without brackets and port. */
char *addr_format_ip(const struct addr *a, char *buf, size_t size);

/* Clears all but the first v4bits, at most 32, or v6bits, at most 128; also port
 * and scope.  A Unix address keeps only its uid. */
void addr_mask(struct addr *a, unsigned int v4bits, unsigned int v6bits);

/* Same family, address, port and scope (Unix: the same uid, gid and pid). */
bool addr_equal(const struct addr *a, const struct addr *b);

/* A hash of family and address.  Peers that do not know the seed cannot choose
 * addresses that collide. */
uint64_t addr_hash(const struct addr *a, uint64_t seed);

/* Whether an IP address is every address, 0.0.0.0 or [::]. */
bool addr_is_any(const struct addr *a);

/*
 * Whether a connection could be meant for both listening IP addresses.  [::]
 * takes IPv4 as well unless v6only.  Port 0 is any free port, so it overlaps
 * nothing.
 */
bool addr_overlaps(const struct addr *a, bool a_v6only, const struct addr *b,
    bool b_v6only);

/* Whether a is every address and takes all connections that b would take. */
bool addr_covers(const struct addr *a, bool a_v6only, const struct addr *b,
    bool b_v6only);

/* Parses `10.0.0.0/8`, `2001:db8::/32`, or one address.  NULL or the reason; bits
 * after the prefix are an error ("host bits are set"). */
const char *cidr_parse(const char *text, struct cidr *out);

/* The network of one address alone. */
void cidr_from_addr(const struct addr *a, struct cidr *out);

bool cidr_contains(const struct cidr *net, const struct addr *a);

#endif
