#!/bin/bash
# Goal of this test: the manuals that are installed name the places of this
# build.
. "$(dirname "$0")/../lib/behaviour.sh"
require make

make_it() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$top_builddir" "$@"
}

# names FILE PATH...: that manual names each of them as a path.
names() {
	local file path
	file=$(find "$tmp/dest" -name "$1") && shift
	[ -f "$file" ] || fail "no manual: $(find "$tmp/dest")"
	for path; do
		grep -Eq "^\.(It )?Pa $path( |\$)" "$file" ||
			fail "$file does not name $path: $(grep Pa "$file")"
	done
}

make_it install-man DESTDIR="$tmp/dest" >"$tmp/make" 2>&1 ||
	fail "make install-man: $(cat "$tmp/make")"
config=$("$TINED" -V | sed -n 's/^ *config *//p')
names tined.8 "$config" "$(make_it --eval='print-it: ; @echo $(runstatedir)' \
	print-it)/tined.pid" "$(make_it \
	--eval='print-it: ; @echo $(libexecdir)' print-it)/tined-acceptor"
names tined.conf.5 "$config"
