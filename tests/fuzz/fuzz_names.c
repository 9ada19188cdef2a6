/* SPDX-License-Identifier: ISC */
/*
 * Answers as the process that looks names up may write them to main: taken
 * whole or piece by piece they are the same, and what is taken keeps its
 * promises.
 *
 * The input: a byte, the size of a piece; then the answers.
 */
#include "config.h"

#include <sys/socket.h>

#include <string.h>

#include "fuzz/fuzz.h"
#include "names/answer.h"

static struct names *
make(void)
{
	struct names *n = names_new();

	names_want(n, NAME_HOST, "host", NULL);
	names_want(n, NAME_PORT, "port", NULL);
	names_want(n, NAME_USER, "user", NULL);
	names_want(n, NAME_GROUP, "group", NULL);
	names_want(n, NAME_IDENTITY, "user", "group");
	names_want(n, NAME_LOGIN, "1000", NULL);
	names_want(n, NAME_HOST, "other", NULL);
	return n;
}

static void
check_found(const struct name *name)
{
	const struct found *f = &name->found;
	const struct addr *a = f->list;
	size_t i;

	if (f->why != NULL) {
		FUZZ_REQUIRE(strlen(f->why) < NAME_TEXT_MAX);
		return;
	}
	FUZZ_REQUIRE((f->count == 0) == (f->list == NULL));
	if (name->kind == NAME_PORT)
		FUZZ_REQUIRE(f->id <= UINT16_MAX);
	else if (name->kind == NAME_LOGIN)
		FUZZ_REQUIRE(strlen(f->list) == f->count - 1);
	else if (name->kind != NAME_HOST)
		FUZZ_REQUIRE(f->id != UINT32_MAX && f->gid != UINT32_MAX);
	if (name->kind != NAME_HOST)
		return;
	FUZZ_REQUIRE(f->count > 0 && f->count <= NAME_ADDRS_MAX);
	for (i = 0; i < f->count; i++)
		FUZZ_REQUIRE((a[i].family == AF_INET ||
				 a[i].family == AF_INET6) &&
		    a[i].port == 0);
}

static void
check_names(const struct names *n)
{
	size_t i, nopen = 0;

	for (i = 0; i < n->n; i++) {
		if (n->v[i]->answered)
			check_found(n->v[i]);
		else
			nopen++;
	}
	FUZZ_REQUIRE(nopen == n->nopen);
}

/* Shows it piece by piece; how much was taken, -1 when it was refused. */
static ssize_t
take(struct names *n, const uint8_t *data, size_t size, size_t piece)
{
	size_t done = 0, shown = 0;
	ssize_t got;

	while (shown < size) {
		shown = shown + piece < size ? shown + piece : size;
		got = answer_take(n, data + done, shown - done);
		if (got == -1)
			return -1;
		FUZZ_REQUIRE((size_t)got <= shown - done);
		done += (size_t)got;
	}
	return (ssize_t)done;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names *whole, *pieces;
	ssize_t a, b;

	if (size == 0)
		return 0;
	whole = make();
	pieces = make();
	a = take(whole, data + 1, size - 1, size);
	b = take(pieces, data + 1, size - 1, (size_t)data[0] + 1);
	FUZZ_REQUIRE(a == b);
	FUZZ_REQUIRE(whole->nopen == pieces->nopen);
	check_names(whole);
	check_names(pieces);
	names_free(whole);
	names_free(pieces);
	return 0;
}
