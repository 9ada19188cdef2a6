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

/* The elements of an answer of each kind.  A reason is text as a login is. */
static const struct {
	size_t size, most;
} elements[NAME_KINDS] = {
	[NAME_HOST] = { sizeof(struct addr), NAME_ADDRS_MAX },
	[NAME_IDENTITY] = { sizeof(gid_t), NAME_GROUPS_MAX },
	[NAME_LOGIN] = { 1, NAME_TEXT_MAX },
};

static void
send_answer(struct asking *a, size_t index, const struct found *f)
{
	const bool failed = f->why != NULL;
	const enum name_kind kind = failed ? NAME_LOGIN :
					     a->names->v[index]->kind;
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
		    head.count * elements[kind].size);
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

/* Whether a list is valid for its kind. */
static bool
list_ok(enum name_kind kind, const struct answer *head, const void *list)
{
	struct addr a;
	uint32_t i;

	if (kind == NAME_LOGIN)
		return head->count > 0 &&
		    strnlen(list, head->count) == head->count - 1;
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

/* Takes the answer at p.  Its size; 0: it is incomplete; -1: it is invalid. */
static ssize_t
take(struct names *n, const char *p, size_t left)
{
	struct found found = { .count = 0 };
	struct answer head;
	enum name_kind kind;
	size_t size;
	void *list = NULL;

	if (left < sizeof(head))
		return 0;
	memcpy(&head, p, sizeof(head));
	if (head.index >= n->n || head.failed > 1 || n->v[head.index]->answered)
		return -1;
	kind = head.failed != 0 ? NAME_LOGIN : n->v[head.index]->kind;
	if (head.count > elements[kind].most)
		return -1;
	size = head.count * elements[kind].size;
	p += sizeof(head);
	if (left - sizeof(head) < size)
		return 0;
	if (!list_ok(kind, &head, p))
		return -1;
	if (size > 0) {
		if ((list = malloc(size)) == NULL)
			return -1;
		memcpy(list, p, size);
	}
	if (head.failed != 0)
		found.why = list;
	else
		found = (struct found) { .id = head.id,
			.gid = head.gid,
			.list = list,
			.count = head.count };
	names_answer(n, n->v[head.index], &found);
	return (ssize_t)(sizeof(head) + size);
}

ssize_t
answer_take(struct names *n, const void *buf, size_t size)
{
	const char *p = buf;
	size_t done = 0;
	ssize_t one;

	while ((one = take(n, p + done, size - done)) > 0)
		done += (size_t)one;
	return one == -1 ? -1 : (ssize_t)done;
}
