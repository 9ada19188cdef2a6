/* SPDX-License-Identifier: ISC */
/*
 * Ports.  A file of its own, because it looks names up: a static program that
 * calls nothing of it is linked without the name service.
 */
#include "config.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <ctype.h>
#include <string.h>

#include "base/addr.h"

static const char *
number(const char *text, uint16_t *port)
{
	unsigned int n = 0;

	for (; isdigit((unsigned char)*text); text++) {
		n = n * 10 + (unsigned int)(*text - '0');
		if (n > UINT16_MAX)
			return "port above 65535";
	}
	if (*text != '\0')
		return "port is neither a number nor a name";
	*port = (uint16_t)n;
	return NULL;
}

const char *
addr_port(const char *text, uint16_t *port)
{
	const struct servent *service;
	const char *p;

	*port = 0;
	if (*text == '\0')
		return "no port";
	if (isdigit((unsigned char)*text))
		return number(text, port);
	for (p = text; *p != '\0'; p++) {
		if (!isgraph((unsigned char)*p))
			return "port is neither a number nor a name";
	}
	if (!isalpha((unsigned char)*text) || p - text >= ADDR_PORT_MAX)
		return "port is neither a number nor a name";
	if ((service = getservbyname(text, "tcp")) == NULL)
		return "unknown port name";
	*port = ntohs((uint16_t)service->s_port);
	return NULL;
}
