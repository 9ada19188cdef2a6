/* SPDX-License-Identifier: ISC */
/*
 * Ports by name.  A file of its own, because it looks names up: a static
 * program that calls nothing of it is linked without the name service.
 */
#include "config.h"

#include <arpa/inet.h>
#include <netdb.h>

#include "base/addr.h"

const char *
addr_port(const char *text, uint16_t *port)
{
	const struct servent *service;
	const char *why;
	bool named;

	why = addr_port_number(text, port, &named);
	if (why != NULL || !named)
		return why;
	if ((service = getservbyname(text, "tcp")) == NULL)
		return "unknown port name";
	*port = ntohs((uint16_t)service->s_port);
	return NULL;
}
