/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "ipc/overview.h"

/* Each array is as long as a multiple of 8 bytes but the last one. */
_Static_assert(sizeof(struct overview_head) % 8 == 0 &&
	sizeof(struct overview_service) % 8 == 0 &&
	sizeof(struct overview_listener) % 8 == 0 &&
	sizeof(struct overview_section) % 8 == 0,
    "the arrays are aligned");
_Static_assert(sizeof(struct overview_head) <= SCOREBOARD_PAGE,
    "main maps one page of it");

size_t
overview_size(const struct overview_head *head)
{
	const uint64_t size = sizeof(*head) +
	    head->nservices * (uint64_t)sizeof(struct overview_service) +
	    head->nlisteners * (uint64_t)sizeof(struct overview_listener) +
	    head->nsections * (uint64_t)sizeof(struct overview_section) +
	    head->npages * (uint64_t)sizeof(uint32_t);

	return size > OVERVIEW_SIZE_MAX ? 0 : (size_t)size;
}

const struct overview_service *
overview_services(const struct overview_head *h)
{
	return (const void *)(h + 1);
}

const struct overview_listener *
overview_listeners(const struct overview_head *h)
{
	return (const void *)(overview_services(h) + h->nservices);
}

const struct overview_section *
overview_sections(const struct overview_head *h)
{
	return (const void *)(overview_listeners(h) + h->nlisteners);
}

const uint32_t *
overview_pages(const struct overview_head *h)
{
	return (const void *)(overview_sections(h) + h->nsections);
}
