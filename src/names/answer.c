/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "names/answer.h"
#include "names/find.h"

/* A look-up that hangs delays no other. */
#define THREADS_MAX 128
#define STACK_SIZE  (1 << 20)

struct asking {
	const struct names *names;
	int fd;
	atomic_size_t next; /* the first name that no thread has taken */
	pthread_mutex_t writing;
};

/* The size of an element. */
static size_t
element_size(enum name_kind kind, bool failed)
{
	if (failed || kind == NAME_LOGIN)
		return 1;
	return kind == NAME_HOST ? sizeof(struct addr) : sizeof(gid_t);
}

/* How many elements there may be. */
static size_t
elements_max(enum name_kind kind, bool failed)
{
	if (failed || kind == NAME_LOGIN)
		return NAME_TEXT_MAX;
	if (kind == NAME_HOST)
		return NAME_ADDRS_MAX;
	return kind == NAME_IDENTITY ? NAME_GROUPS_MAX : 0;
}

static void
send_answer(struct asking *a, size_t index, const struct found *f)
{
	const enum name_kind kind = a->names->v[index]->kind;
	const bool failed = f->why != NULL;
	const struct answer head = {
		.index = (uint32_t)index,
		.failed = failed,
		.id = f->id,
		.gid = f->gid,
		.count = (uint32_t)(failed ? strlen(f->why) + 1 : f->count),
	};

	pthread_mutex_lock(&a->writing);
	if (io_write_all(a->fd, &head, sizeof(head)) == 0 && head.count > 0)
		(void)io_write_all(a->fd, failed ? f->why : f->list,
		    head.count * element_size(kind, failed));
	pthread_mutex_unlock(&a->writing);
}

/* A thread: looks up one name after the other. */
static void *
ask(void *asking)
{
	struct asking *a = asking;
	struct found found;
	size_t i;

	while ((i = atomic_fetch_add(&a->next, 1)) < a->names->n) {
		if (a->names->v[i]->answered)
			continue;
		find_name(a->names->v[i], &found);
		send_answer(a, i, &found);
		free(found.why);
		free(found.list);
	}
	return NULL;
}

void
answer_all(const struct names *n, int fd)
{
	struct asking a = {
		.names = n, .fd = fd, .writing = PTHREAD_MUTEX_INITIALIZER
	};
	pthread_t thread[THREADS_MAX];
	size_t i, nthreads = 0;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	/* Without any, this thread looks all names up. */
	while (nthreads < THREADS_MAX && nthreads + 1 < n->nopen &&
	    pthread_create(&thread[nthreads], &attr, ask, &a) == 0)
		nthreads++;
	ask(&a);
	for (i = 0; i < nthreads; i++)
		pthread_join(thread[i], NULL);
	pthread_attr_destroy(&attr);
}

static bool
is_text(const char *s, size_t count)
{
	return count > 0 && strnlen(s, count) == count - 1;
}

/* Whether a list is valid for its kind. */
static bool
list_ok(enum name_kind kind, const struct answer *head, const void *list)
{
	struct addr a;
	uint32_t i;

	if (head->failed != 0 || kind == NAME_LOGIN)
		return is_text(list, head->count);
	if (kind == NAME_PORT)
		return head->id <= UINT16_MAX;
	if (kind != NAME_HOST)
		return head->id != UINT32_MAX && head->gid != UINT32_MAX;
	for (i = 0; i < head->count; i++) {
		memcpy(&a, (const char *)list + i * sizeof(a), sizeof(a));
		if ((a.family != AF_INET && a.family != AF_INET6) ||
		    a.port != 0)
			return false;
	}
	return head->count > 0;
}

/* The size of the answer at p; 0: it is incomplete; -1: it is invalid. */
static ssize_t
size_of(const struct names *n, const char *p, size_t left)
{
	struct answer head;
	enum name_kind kind;
	size_t size;

	if (left < sizeof(head))
		return 0;
	memcpy(&head, p, sizeof(head));
	if (head.index >= n->n || head.failed > 1 || n->v[head.index]->answered)
		return -1;
	kind = n->v[head.index]->kind;
	if (head.count > elements_max(kind, head.failed != 0))
		return -1;
	size = head.count * element_size(kind, head.failed != 0);
	if (left - sizeof(head) < size)
		return 0;
	if (!list_ok(kind, &head, p + sizeof(head)))
		return -1;
	return (ssize_t)(sizeof(head) + size);
}

/* Takes a valid answer, size bytes at p. */
static int
take(struct names *n, const char *p, size_t size)
{
	struct found found = { .count = 0 };
	struct answer head;
	void *list = NULL;

	memcpy(&head, p, sizeof(head));
	size -= sizeof(head);
	if (size > 0) {
		if ((list = malloc(size)) == NULL)
			return -1;
		memcpy(list, p + sizeof(head), size);
	}
	found.id = head.id;
	found.gid = head.gid;
	if (head.failed != 0) {
		found.why = list;
	} else {
		found.list = list;
		found.count = head.count;
	}
	names_answer(n, n->v[head.index], &found);
	return 0;
}

ssize_t
answer_take(struct names *n, const void *buf, size_t size)
{
	const char *p = buf;
	size_t done = 0;
	ssize_t one;

	while ((one = size_of(n, p + done, size - done)) > 0) {
		if (take(n, p + done, (size_t)one) == -1)
			return -1;
		done += (size_t)one;
	}
	return one == -1 ? -1 : (ssize_t)done;
}
