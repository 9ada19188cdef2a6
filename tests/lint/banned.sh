#!/bin/sh
# Goal of this test: no function is called that has a better one in its place.
. "$(dirname "$0")/../lib/lint.sh"

# The names, and what to use instead:
#   strcpy strcat strncpy strncat   strlcpy, strlcat
#   sprintf vsprintf                snprintf with a checked result
#   atoi atol atoll sscanf          strtonum, strtoull
#   gets strtok                     getline, strsep
#   alloca                          an array of known size
#   system popen                    fork and execve
#   signal                          sigaction
#   rand srand random drand48       arc4random
#   tmpnam mktemp tempnam           mkstemp
#   gethostbyname inet_ntoa inet_addr  getaddrinfo, inet_ntop, inet_pton
# And in what serves, because it may block: whatever asks a name service
#   getpw* getgr* getaddrinfo getserv*  main/names
banned='strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|atoi|atol|atoll'
banned="$banned|sscanf|gets|strtok|strtok_r|alloca|system|popen|signal|rand"
banned="$banned|srand|random|drand48|tmpnam|mktemp|tempnam|gethostbyname"
banned="$banned|inet_ntoa|inet_addr|vfork"

asks='getpw[a-z_]*|getgr(nam|gid|ent|ouplist)[a-z_]*|initgroups|getaddrinfo'
asks="$asks|getnameinfo|getserv[a-z_]*|getnetgrent|innetgr|gethostby[a-z_]*|res_[a-z]+"
asks="$asks|addr_port"

# Comments and strings are blanked first; a declaration of a member or another
# name that ends alike does not match.
for file in $(find src -name '*.[ch]' | LC_ALL=C sort); do
	case $file in
	src/names/find.c | src/tine/* | src/base/port.c | src/base/addr.h)
		names=$banned ;;
	*)
		names="$banned|$asks" ;;
	esac
	found=$(awk -v banned="(^|[^A-Za-z0-9_.>])($names)[ \t]*\\\\(" '
	{
		line = $0
		gsub(/\\./, "", line)
		gsub(/"[^"]*"/, "\"\"", line)
		while (1) {
			if (comment) {
				if (!(i = index(line, "*/")))
					next
				line = substr(line, i + 2)
				comment = 0
			}
			if (!(i = index(line, "/*")))
				break
			rest = substr(line, i + 2)
			if ((j = index(rest, "*/")))
				line = substr(line, 1, i - 1) " " substr(rest, j + 2)
			else {
				line = substr(line, 1, i - 1)
				comment = 1
				break
			}
		}
		if (line ~ banned)
			print FILENAME ":" FNR ": " $0
	}' "$file")
	[ -z "$found" ] || complain "$found"
done

finish
