/* SPDX-License-Identifier: ISC */
/*
 * A whole spec with something in each of its fields, as bytes, which each test
 * spoils in its own way and has mapped.
 */
#ifndef TINED_TESTS_BASE_SPEC_IMAGE_H
#define TINED_TESTS_BASE_SPEC_IMAGE_H

#include <check.h>
#include <fcntl.h>

#include "ipc/spec.h"

#define SPEC_IMAGE_SEALS                                                       \
	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

union spec_image {
	struct spec s;
	char bytes[65536];
};
extern union spec_image spec_image;
extern size_t spec_image_size; /* of what is used of it */

/* The spec in its builder, to be freed. */
struct spec_builder *spec_image_full(void);

/* A fixture: makes the image. */
void spec_image_make(void);

/* A memfd with the image's first size bytes. */
int spec_image_fd(size_t size, int seals);

/* Maps the image; NULL, or the spec, whose descriptor is closed. */
const struct spec *spec_image_map(const char **why);
void spec_image_unmap(const struct spec *s);

/* The image, in which what is new, is one that spec_map takes, or is not. */
void spec_image_accepted(const char *what);
void spec_image_refused(const char *what);

#endif
