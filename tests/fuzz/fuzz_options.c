/* SPDX-License-Identifier: ISC */
/*
 * tined's command line: it is refused with a reason, or understood; what makes
 * a service without a file is refused with reasons, each one line, or what it
 * became is printed and read back as the same.
 */
#include "config.h"

#include <sys/mman.h>

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/print.h"
#include "fuzz/fuzz.h"
#include "fuzz/load.h"
#include "fuzz/words.h"
#include "main/options.h"

static struct words words;

static bool
is_a_word(const char *s)
{
	int i;

	for (i = 1; i < words.argc; i++)
		if (s >= words.argv[i] &&
		    s <= words.argv[i] + strlen(words.argv[i]))
			return true;
	return false;
}

static void
check_source(const struct options *o)
{
	const struct config_source *s = &o->source;
	size_t i;

	for (i = 0; i < s->nlisten; i++)
		FUZZ_REQUIRE(is_a_word(s->listen[i]));
	for (i = 0; i < s->nargv; i++)
		FUZZ_REQUIRE(is_a_word(s->argv[i]));
	for (i = 0; i < s->nset; i++)
		FUZZ_REQUIRE(is_a_word(s->set[i]) ||
		    (i == s->nset - 1 && s->set[i] == o->pid_file_set));
	FUZZ_REQUIRE((s->nlisten > 0) == (s->file == NULL && !s->embedded));
	FUZZ_REQUIRE(s->nlisten == 0 || (s->builtin != NULL) != (s->nargv > 0));
	if (o->mode == MODE_RUN && !o->foreground)
		FUZZ_REQUIRE(s->file != NULL && s->file[0] == '/');
	FUZZ_REQUIRE(o->mode != MODE_EXPLAIN ||
	    (o->explain_service[0] != '\0' && o->explain_address[0] != '\0'));
}

static struct config *
load(const struct config_source *src)
{
	struct errors errors = { 0 };
	struct config *c;
	size_t i;

	c = fuzz_load(src, &errors);
	FUZZ_REQUIRE((c == NULL) == errors_any(&errors));
	for (i = 0; i < errors.n; i++)
		FUZZ_REQUIRE(strpbrk(errors.v[i].text, "\n\033") == NULL);
	errors_free(&errors);
	return c;
}

/* What -T would print is, as a file, the same service. */
static void
check_service(const struct config_source *src)
{
	struct config_source file = { .foreground = true };
	struct config *c, *again;
	char path[64];
	int fd;

	if ((c = load(src)) == NULL)
		return;
	FUZZ_REQUIRE(c->nservices == 1);
	FUZZ_REQUIRE((fd = memfd_create("tined.conf", MFD_CLOEXEC)) != -1);
	FUZZ_REQUIRE(print_config(c, fd) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file.file = path;
	again = load(&file);
	FUZZ_REQUIRE(again != NULL && again->nservices == 1);
	FUZZ_REQUIRE(config_same_service(TAILQ_FIRST(&c->services),
	    TAILQ_FIRST(&again->services)));
	FUZZ_REQUIRE(strcmp(TAILQ_FIRST(&c->services)->name,
			 TAILQ_FIRST(&again->services)->name) == 0);
	config_free(c);
	config_free(again);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options o;
	int status;

	if (words_split(&words, "tined", data, size) == -1)
		return 0;
	status = options_read(&o, words.argc, words.argv);
	if (status != 0) {
		FUZZ_REQUIRE(status == EX_USAGE || status == EX_CONFIG);
		FUZZ_REQUIRE(o.error[0] != '\0');
		FUZZ_REQUIRE(memchr(o.error, '\0', sizeof(o.error)) != NULL);
	} else if (o.mode != MODE_HELP && o.mode != MODE_VERSION) {
		check_source(&o);
		if (o.source.nlisten > 0)
			check_service(&o.source);
	}
	options_free(&o);
	words_free(&words);
	return 0;
}
