# The fuzz targets for one engine, built in the current directory with
# AddressSanitizer and UndefinedBehaviorSanitizer: fuzz_NAME for each
# $(top_srcdir)/tests/fuzz/fuzz_NAME.c.  GNU make; fuzz.sh runs it, with
#
#	ENGINE		libfuzzer or afl
#	top_srcdir	the tree, absolute
#	top_builddir	where config.h is, absolute
#	FUZZ_CPPFLAGS	what the sources need besides
#	FUZZ_LIBS	the libraries
#	FUZZ_TARGETS	some of the names; all of them if it is empty

CC_libfuzzer = clang
CC_afl = afl-clang-fast
COVER_libfuzzer = -fsanitize=fuzzer-no-link
COVER_afl =
CC := $(CC_$(ENGINE))
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS = -std=gnu11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra $(SANITIZE)
# Instrumented code needs what config.h says of an instrumented build.
CPPFLAGS = -I. -I$(top_srcdir)/src -I$(top_srcdir)/tests $(FUZZ_CPPFLAGS) \
	-U_FORTIFY_SOURCE
COMPILE = $(CC) $(CPPFLAGS) $(CFLAGS) $(COVER_$(ENGINE)) -MMD -MP

names := $(patsubst fuzz_%.c,%,$(notdir \
	$(wildcard $(top_srcdir)/tests/fuzz/fuzz_*.c)))
targets := $(addprefix fuzz_,$(or $(FUZZ_TARGETS),$(names)))
rooms = tine main listen logger config names acceptor sandbox service ipc base
archives = $(rooms:%=lib%.a) libtests.a

all: $(targets)

config.h: $(top_builddir)/config.h
	sed -e 's/^\(#define WIDE_SANDBOX\) 0/\1 1/' \
	    -e 's/^\(#define ACCEPTOR_STATIC\) 1/\1 0/' $< >$@.tmp
	mv $@.tmp $@

vpath %.c $(top_srcdir)
%.o: %.c config.h
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

objects = $(patsubst $(top_srcdir)/%.c,%.o,$(filter-out %/main.c, \
	$(wildcard $(top_srcdir)/src/$(1)/*.c \
	$(top_srcdir)/src/$(1)/*/*.c)))
.SECONDEXPANSION:
$(rooms:%=lib%.a): lib%.a: $$(call objects,$$*)
	rm -f $@
	ar cr $@ $^
libtests.a: tests/logger/loglines.o tests/service/http/feed.o
	rm -f $@
	ar cr $@ $^

LINK_inherited = -Wl,--wrap=sd_listen_fds_with_names
LINK_journal = -Wl,--wrap=access,--wrap=sd_journal_sendv
LINK_tine = -Wl,--wrap=exit,--wrap=getaddrinfo,--wrap=dial_connect

$(targets): fuzz_%: tests/fuzz/fuzz_%.o $(archives)
	$(CC) $(CFLAGS) -fsanitize=fuzzer $(LINK_$*) -o $@ $< \
	    -Wl,--start-group $(archives) -Wl,--end-group $(FUZZ_LIBS)

.SECONDARY:
-include $(shell find . -name '*.d')
