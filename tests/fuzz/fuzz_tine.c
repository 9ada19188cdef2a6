/* SPDX-License-Identifier: ISC */
/*
 * tine's command line, in all three commands: wrong usage ends with the status
 * for that and a hint; what is taken lies within its limits.  Nothing is looked
 * up and nothing is connected to.
 *
 * Linked with --wrap=exit,--wrap=getaddrinfo,--wrap=dial_connect.
 */
#include "config.h"

#include <netdb.h>

#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "fuzz/fuzz.h"
#include "fuzz/words.h"
#include "tine/bench/plan.h"
#include "tine/cli.h"
#include "tine/dial.h"
#include "tine/ping.h"
#include "tine/units.h"

#define TIME_MAX INT64_C(3600000000000000) /* a thousand hours */

_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status);
int __wrap_dial_connect(struct dial *d);
int __real_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list);
int __wrap_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list);

static struct words words;
static bool armed;
static jmp_buf ended;
static int status;

_Noreturn void
__wrap_exit(int with)
{
	if (!armed)
		__real_exit(with);
	status = with;
	longjmp(ended, 1);
}

int
__wrap_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list)
{
	struct addrinfo numeric = *hints;

	numeric.ai_flags |= AI_NUMERICHOST;
	return __real_getaddrinfo(host, port, &numeric, list);
}

static void
check_peer(const struct peer *p)
{
	size_t i;

	FUZZ_REQUIRE(p->timeout > 0 && p->timeout <= TIME_MAX);
	FUZZ_REQUIRE(p->target.n > 0 && p->target.n <= TARGET_MAX);
	for (i = 0; i < p->target.n; i++) {
		FUZZ_REQUIRE(p->family == AF_UNSPEC ||
		    p->target.ep[i].ss.ss_family == p->family);
		FUZZ_REQUIRE(p->target.ep[i].text[0] != '\0');
	}
}

int
__wrap_dial_connect(struct dial *d)
{
	FUZZ_REQUIRE(d->timeout > 0 && d->timeout <= TIME_MAX);
	FUZZ_REQUIRE(d->target->n > 0);
	d->peer = &d->target->ep[0];
	d->step = "connect";
	errno = ECONNREFUSED;
	return -1;
}

static void
ping(void)
{
	static struct ping p;

	ping_parse(words.argc, words.argv, &p);
	if (peer_resolve(&p.peer, &command_ping, words.argc - optind,
		words.argv + optind) == -1)
		return;
	check_peer(&p.peer);
	FUZZ_REQUIRE(p.interval >= 0 && p.interval <= TIME_MAX);
	FUZZ_REQUIRE(p.duration >= 0 && p.duration <= TIME_MAX);
	FUZZ_REQUIRE(p.count <= 1000000000000000 && p.size <= 1ull << 50);
	FUZZ_REQUIRE(p.anew || (p.size > 0 && !p.until_eof));
}

static void
bench(void)
{
	static struct plan p;

	plan_parse(words.argc, words.argv, &p);
	if (peer_resolve(&p.peer, &command_bench, words.argc - optind,
		words.argv + optind) == -1)
		return;
	check_peer(&p.peer);
	FUZZ_REQUIRE(p.threads > 0 && p.threads <= PLAN_THREADS_MAX);
	FUZZ_REQUIRE(p.connections > 0 || p.idle > 0);
	FUZZ_REQUIRE(p.total > 0 || p.duration > 0);
	FUZZ_REQUIRE(p.duration >= 0 && p.duration <= TIME_MAX);
	p.ep = p.peer.target.ep[0];
	if (plan_local(&p) == NULL)
		FUZZ_REQUIRE(!p.peer.bound ||
		    (p.local.n > 0 && p.local.n <= 1u << 24));
}

static void
run(const char *command)
{
	status = -1;
	optind = 0;
	armed = true;
	if (setjmp(ended) == 0) {
		if (strcmp(command, "ping") == 0)
			ping();
		else if (strcmp(command, "bench") == 0)
			bench();
		else
			status = command_connect.run(words.argc, words.argv);
	}
	armed = false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const commands[] = { "tine", "ping", "bench" };
	FILE *saved_err = stderr, *saved_out = stdout, *said, *nowhere;
	const char *command;
	size_t length = 0;
	char *text = NULL;

	if (size == 0)
		return 0;
	command = commands[data[0] % 3];
	if (words_split(&words, command, data + 1, size - 1) == -1)
		return 0;
	FUZZ_REQUIRE((said = open_memstream(&text, &length)) != NULL);
	FUZZ_REQUIRE((nowhere = fopen("/dev/null", "we")) != NULL);
	stderr = said;
	stdout = nowhere;
	run(command);
	fclose(nowhere);
	fclose(said);
	stdout = saved_out;
	stderr = saved_err;
	FUZZ_REQUIRE(status == -1 || status == 0 || status == CLI_FAILURE ||
	    status == EX_USAGE);
	FUZZ_REQUIRE(status <= 0 || length > 0);
	FUZZ_REQUIRE(status != EX_USAGE ||
	    strstr(text, "\nTry 'tine ") != NULL);
	free(text);
	words_free(&words);
	return 0;
}
