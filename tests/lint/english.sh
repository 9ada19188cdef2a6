#!/bin/sh
# Goal of this test: comments and messages of the sources, manuals and other
# pages are plain English: none of the phrases below.
# FILES may name other files, to see that it can fail.
. "$(dirname "$0")/../lib/lint.sh"

# A phrase (an extended regular expression), and what to write for example.
phrases='
whoever                                 each process that
everybody|somebody|anybody              all users; another process
nobody (is|was|has|can|may|will|else|who|[a-z]+s)\b     no process; no user
nobody.s                                unused
no one.s                                unused
(is|are|was|were|be) told               gets; prints; is notified
\bstands? (in|on|at|there|beside|between|where|here|alone|still|behind|before|above|below|first|last|apart|outside)\b   is in
\bstands? for                           means
\b(its|their|own|child.s|main.s) words?\b       value; message
(is|are|was|were) met\b                 is found; occurs
of no consequence                       isolated
\b(to|can|cannot|could|not) be had\b    (un)available
\benem(y|ies)                           untrusted
stranger|\balien                        unknown
farewell                                lingering close
\bthe door                              the listener
patience                                timeout
unsaid                                  suppressed; dropped
\bboards?\b                             scoreboard
\bspecs?\b                              settings
\bdoors?\b                              listener
\barrivals?\b                           pending connection
\bquestions?\b                          request
\bmends?\b                              fix
\b(is|are|was|were) no [a-z]            is not a
'

# Of C only comments and strings are English, and code between backquotes is
# none; "there is no x" and "is no longer" are correct.
english() {
	case $1 in
	*.[chly]) awk '{
		text = ""
		for (i = 1; i <= length($0); i++) {
			c = substr($0, i, 1)
			two = substr($0, i, 2)
			if (comment && two == "*/") { comment = 0; i++ }
			else if (comment) text = text c
			else if (string && c == "\\") { text = text " "; i++ }
			else if (c == "\"") { string = !string; text = text " " }
			else if (string) text = text c
			else if (two == "/*") { comment = 1; i++ }
		}
		string = 0
		print text
	}' "$1" ;;
	*) cat "$1" ;;
	esac | sed -E 's/`[^`]*`//g
		s/\b([Tt]here|which there) (is|are|was|were) no\b//g
		s/\bno (longer|more|less|later|earlier|larger|smaller)\b//g'
}

pattern=$(printf '%s\n' "$phrases" |
	sed -E '/^$/d; s/([^ ])(	| {2,}).*/\1/' | paste -s -d '|' -)

files() {
	find src -name '*.[chly]'
	find man -path man/installed -prune -o -name '*.[1-8]' -print
	find tests -path tests/errno -prune -o -name '*.md' -print
	find systemd -name "tined*" ! -name tined.service ! -name tined.sysusers
	ls ./*.md
}

for file in ${FILES:-$(files | LC_ALL=C sort)}; do
	complain_all <<-END
	$(english "$file" | grep -niE "$pattern" | sed "s|^|$file:|")
	END
done

finish
