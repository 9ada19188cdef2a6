/* SPDX-License-Identifier: ISC */
/*
 * Settings with something in each field, as bytes, which each test spoils in its
 * own way and has mapped.
 */
#ifndef TINED_TESTS_BASE_SETTINGS_IMAGE_H
#define TINED_TESTS_BASE_SETTINGS_IMAGE_H

#include <check.h>
#include <fcntl.h>

#include "ipc/settings.h"

#define SETTINGS_IMAGE_SEALS                                                   \
	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

union settings_image {
	struct settings s;
	char bytes[65536];
};
extern union settings_image settings_image;
extern size_t settings_image_size; /* of what is used of it */

/* The settings in its builder, to be freed. */
struct settings_builder *settings_image_full(void);

/* A fixture: makes the image. */
void settings_image_make(void);

/* A memfd with the image's first size bytes. */
int settings_image_fd(size_t size, int seals);

/* Maps the image; NULL, or the settings, whose descriptor is closed. */
const struct settings *settings_image_map(const char **why);
void settings_image_unmap(const struct settings *s);

/* The image, in which what has changed, is refused by settings_map. */
void settings_image_refused(const char *what);

#endif
