#!/bin/bash
# Goal of this test: a program can do what the manual leaves to its sandbox and
# nothing of what it takes away, whether tined was started by root or not.
export TMPDIR=/var/tmp	# the strict sandbox has a /tmp of its own
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require socat
require_sandbox
require_kernel landlock
require_kernel seccomp
[ -x "$top_builddir/tests/behaviour/probe" ] || skip "no probe was built"
cp "$top_builddir/tests/behaviour/probe" "$tmp/probe" || exit 99
chmod 0755 "$tmp/probe"

# The result of each attempt: with off, basic, strict; * is any result of the
# kernel.
expected() {
	cat <<-'END'
	mount                      ENOENT  EPERM   EPERM
	umount2                    ENOENT  EPERM   EPERM
	pivot_root                 *       EPERM   EPERM
	open_tree                  EINVAL  EPERM   EPERM
	fsopen                     *       EPERM   EPERM
	open_by_handle_at          *       EPERM   EPERM
	setns                      EBADF   EPERM   EPERM
	init_module                *       EPERM   EPERM
	finit_module               *       EPERM   EPERM
	delete_module              *       EPERM   EPERM
	kexec_load                 *       EPERM   EPERM
	bpf                        *       EPERM   EPERM
	perf_event_open            *       EPERM   EPERM
	quotactl                   *       EPERM   EPERM
	acct                       *       EPERM   EPERM
	swapon                     *       EPERM   EPERM
	swapoff                    *       EPERM   EPERM
	reboot                     *       EPERM   EPERM
	sethostname                *       EPERM   EPERM
	syslog                     *       EPERM   EPERM
	adjtimex                   EFAULT  EPERM   EPERM
	clock_settime              EFAULT  EPERM   EPERM
	settimeofday               EFAULT  EPERM   EPERM
	ptrace                     ESRCH   EPERM   EPERM
	process_vm_readv           *       EPERM   EPERM
	kcmp                       *       EPERM   EPERM
	pidfd_getfd                *       EPERM   EPERM
	userfaultfd                *       EPERM   EPERM
	add_key                    *       EPERM   EPERM
	keyctl                     *       EPERM   EPERM
	fanotify_init              *       EPERM   EPERM
	io_uring_setup             *       EPERM   EPERM
	clone3                     EINVAL  ENOSYS  ENOSYS
	openat2                    *       ENOSYS  ENOSYS
	fchmodat2                  *       ENOSYS  ENOSYS
	unknown numbers            ENOSYS  ENOSYS  ENOSYS
	chroot                     ENOENT  ENOENT  EPERM
	ioctl TIOCSTI              ENOTTY  EPERM   EPERM
	ioctl TIOCSTI, upper bits  ENOTTY  EPERM   EPERM
	ioctl TIOCLINUX            ENOTTY  EPERM   EPERM
	ioctl FIONREAD             EFAULT  EFAULT  EFAULT
	unshare mount              *       EPERM   EPERM
	clone mount                *       EPERM   EPERM
	unshare cgroup             *       EPERM   EPERM
	clone cgroup               *       EPERM   EPERM
	unshare uts                *       EPERM   EPERM
	clone uts                  *       EPERM   EPERM
	unshare ipc                *       EPERM   EPERM
	clone ipc                  *       EPERM   EPERM
	unshare user               *       EPERM   EPERM
	clone user                 *       EPERM   EPERM
	unshare pid                *       EPERM   EPERM
	clone pid                  *       EPERM   EPERM
	unshare net                *       EPERM   EPERM
	clone net                  *       EPERM   EPERM
	setuid 0                   EPERM   EPERM   EPERM
	setgroups                  EPERM   EPERM   EPERM
	raise core                 *       EPERM   EPERM
	write and execute          ok      ok      EPERM
	make executable            ok      ok      EPERM
	ask for personality        ok      ok      ok
	personality exec           ok      ok      EPERM
	memfd                      ok      ok      EPERM
	memfd noexec               *       *       EPERM
	memfd execute              ok      ok      EPERM
	memfd map twice            ok      ok      EPERM
	file map twice             ok      ok      ok
	tmp map twice              ok      ok      CODE
	own memory                 ok      ok      EACCES
	32-bit                     *       ENOSYS  ENOSYS
	x32                        *       ENOSYS  ENOSYS
	chmod 0755                 ok      ok      ok
	chmod 04755                ok      EPERM   EPERM
	chmod 02755                ok      EPERM   EPERM
	fchmod 04755               ok      EPERM   EPERM
	fchmodat 04755             ok      EPERM   EPERM
	create 0755                ok      ok      ok
	create 04755               ok      EPERM   EPERM
	tmpfile 0755               *       *       *
	tmpfile 04755              *       EPERM   EPERM
	mkdir 02755                ok      EPERM   EPERM
	mknod 04755                ok      EPERM   EPERM
	read inside                ok      ok      ok
	write inside               ok      ok      ok
	chmod inside               ok      ok      ok
	chown inside               ok      ok      ok
	utime inside               ok      ok      ok
	setxattr inside            *       *       *
	flags inside               EFAULT  EFAULT  EFAULT
	lease inside               ok      ok      EPERM
	chmod outside              ok      ok      ok
	chown outside              ok      ok      ok
	utime outside              ok      ok      ok
	setxattr outside           *       *       *
	flags outside              EFAULT  EFAULT  EFAULT
	lease outside              ok      ok      EPERM
	truncate inside            ok      ok      ok
	mkdir inside               ok      ok      ok
	unlink inside              ok      ok      ok
	read outside               ok      ok      ok
	write outside              ok      ok      EACCES
	truncate outside           ok      ok      EACCES
	mkdir outside              ok      ok      EACCES
	unlink outside             ok      ok      EACCES
	/dev/null                  ok      ok      ok
	/dev/zero                  ok      ok      ok
	/dev/full                  ok      ok      ok
	/dev/random                ok      ok      ok
	/dev/urandom               ok      ok      ok
	see /tmp                   ok      ok      TMP
	write /tmp                 ok      ok      WRITE
	execute                    ok      ok      ok
	socket unix                ok      ok      ok
	socket inet6               ok      ok      ok
	socket netlink             ok      ok      ok
	socket packet              EPERM   EPERM   EAFNOSUPPORT
	socket alg                 *       *       EAFNOSUPPORT
	tcp bind                   ok      ok      EACCES
	tcp listen                 ok      ok      ok
	tcp connect                ok      ok      EACCES
	tcp fast open              *       *       EOPNOTSUPP
	tcp fast open message      *       *       EOPNOTSUPP
	tcp fast open messages     *       *       EOPNOTSUPP
	tcp fast open option       *       *       ENOPROTOOPT
	tcp repair                 EPERM   EPERM   ENOPROTOOPT
	tcp nodelay                ok      ok      ok
	socket mptcp               *       *       EPROTONOSUPPORT
	socket sctp                *       *       EPROTONOSUPPORT
	socket sctp by type        *       *       ESOCKTNOSUPPORT
	socket dccp                *       *       *
	socket udplite             *       *       EPROTONOSUPPORT
	socket raw                 EPERM   EPERM   ESOCKTNOSUPPORT
	socket smc                 *       *       EAFNOSUPPORT
	socket vsock               *       *       EAFNOSUPPORT
	socket icmp                *       *       *
	socketpair unix            ok      ok      ok
	socketpair tipc            *       *       EAFNOSUPPORT
	udp bind                   ok      ok      ok
	udp connect                ok      ok      ok
	unix connect               ok      ok      ok
	abstract connect           ok      ok      EPERM
	kill self                  ok      ok      ok
	kill other                 ok      ok      EPERM
	limit self                 ok      ok      ok
	limit self by number       ok      EPERM   EPERM
	limit other                ok      EPERM   EPERM
	read limit other           ok      ok      ok
	nice self                  ok      ok      ok
	nice other                 ok      EPERM   EPERM
	nice group                 ok      EPERM   EPERM
	affinity self              ok      ok      ok
	affinity other             ok      EPERM   EPERM
	schedule self              ok      ok      ok
	schedule other             ok      EPERM   EPERM
	shared memory              ok      ok      EPERM
	semaphores                 ok      ok      EPERM
	messages                   ok      ok      EPERM
	message queue              *       *       EPERM
	CapInh                     CAPS    CAPS    CAPS
	CapPrm                     CAPS    CAPS    CAPS
	CapEff                     CAPS    CAPS    CAPS
	CapAmb                     CAPS    CAPS    CAPS
	CapBnd                     *       BOUND   BOUND
	NoNewPrivs                 0       1       1
	Seccomp                    0       2       2
	END
}

# probe SERVICE COLUMN [WORD=VALUE...]: has it probed, and compares.  Words of
# the table, or whole rows, are replaced by values.
probe() {
	local service=$1 column=$2 address=ADDR_${1//-/_}
	shift 2
	rm -rf "$tmp/p"/{in,out}side/*
	touch "$tmp/p"/{in,out}side/{file,spare}
	chmod 0777 "$tmp/p"/{in,out}side
	case $service in
	root*) chown -R root "$tmp/p" ;;
	*) served_by "$tmp/p" ;;
	esac
	echo "$OTHER $(port "$ADDR_other")" | ask "${!address}" 30 \
	    >"$tmp/got.$service"
	expected >"$tmp/expected"
	printf '%s\n' "$@" | awk -v service="$service" -v column="$column" '
	FILENAME == "-" {
		split($0, part, "=")
		value[part[1]] = part[2]
		next
	}
	FILENAME == ARGV[2] {
		split($0, part, /:[[:blank:]]*/)
		got[part[1]] = part[2]
		next
	}
	{
		n = split($0, word, /  +/)
		want = word[2 + column]
		if (want in value)
			want = value[want]
		if (word[1] in value)
			want = value[word[1]]
		# What exists on some machines only.
		if (!(word[1] in got) && word[1] ~ /^(32-bit|x32)$/)
			next
		if (want == "*" || want == got[word[1]])
			next
		printf "%s: %s: %s, not %s\n", service, word[1],
		    got[word[1]], want
		wrong++
	}
	END { exit wrong > 0 }' - "$tmp/got.$service" "$tmp/expected" >&2 ||
		fail "$service: it is not as promised"
}

# services: one for each level.
services() {
	local sandbox
	cat <<-END
	defaults {
		listen = {"127.0.0.1:0"}
		exec = {"$tmp/probe", "$tmp/p"}
		environment = {"MARKER=$marker"}
		writable = {"$tmp/p/inside"}
		sandbox_required = yes
	}
	service other {
		listen += {"unix:$tmp/p/socket", "unix:@$tmp/p"}
		exec = {"$other"}
		writable = {}
	}
	END
	for sandbox in off basic strict; do
		echo "service $sandbox { sandbox = $sandbox }"
	done
	echo "service bare { sandbox = strict writable = {} }"
}

# What else strict denies.
bare=()
for row in "chmod 0755" {chmod,chown,utime,setxattr}" "{in,out}side; do
	bare+=("$row=EPERM")
done
for row in {write,truncate,mkdir,unlink}" inside" "create 0755" \
    "file map twice"; do
	bare+=("$row=EACCES")
done
bare+=("flags inside=ENOTTY" "flags outside=ENOTTY")

# A process of another service.
other=$(program other <<'END'
#!/bin/sh
echo $$
read line
END
)
# It lives as long as the connection does.
start_other() {
	exec {fd}<>"/dev/tcp/127.0.0.1/$(port "$ADDR_other")"
	read -r -t 10 OTHER <&"$fd" || fail "no other process"
}

marker=$(mktemp /tmp/tined-marker.XXXXXX) || exit 99
chmod 0644 "$marker"
finally 'rm -f "$marker"'
mkdir -p "$tmp/p/inside" "$tmp/p/outside"
served_by "$tmp/p"

none=0000000000000000
if [ "$(id -u)" -ne 0 ]; then
	# Only root can lower it.
	bound=$(sed -n 's/^CapBnd:[[:blank:]]*//p' /proc/self/status)
	start_tined -c "$(services | config)"
	start_other
	column=0
	for service in off basic strict; do
		probe "$service" $column CAPS=$none BOUND="$bound" TMP=ok \
		    WRITE=EACCES CODE=EACCES
		column=$((column + 1))
	done
	probe bare 2 CAPS=$none BOUND="$bound" TMP=ok WRITE=EACCES \
	    CODE=EACCES "${bare[@]}"
	exec {fd}>&-
	stop_tined
	exit 0
fi

# Paths that the service's own /tmp would hide are refused, also through a link
# or inside a chroot; the same elsewhere, or with basic, is not.
hidden='with sandbox = strict the service has a /tmp of its own'
below=$(mktemp -d /tmp/tined-below.XXXXXX) || exit 99
chmod 0755 "$below"
finally 'rm -rf "$below"'
mkdir -p "$tmp/root/tmp/d" "$tmp/root/bin" "$tmp/d"
install -m 755 /bin/true "$below/true"
install -m 755 /bin/true "$tmp/root/tmp/true"
install -m 755 /bin/true "$tmp/root/bin/true"
ln -s "$below/true" "$tmp/link"
tmp_service() {	# SANDBOX SETTING...
	printf 'service s { listen = {"127.0.0.1:0"} sandbox = %s %s }\n' "$1" "$2" |
		config
}
for setting in "exec = {\"$below/true\"}" "exec = {\"$tmp/link\"}" \
	"exec = {\"/bin/true\"} directory = \"$below\"" \
	"exec = {\"/bin/true\"} writable = {\"$below\"}" \
	"chroot = \"$tmp/root\" exec = {\"/tmp/true\"}" \
	"chroot = \"$tmp/root\" exec = {\"/bin/true\"} writable = {\"/tmp/d\"}"; do
	refuses 78 ":1: (exec|directory|writable): .*: $hidden" \
		-t -c "$(tmp_service strict "$setting")"
	"$TINED" -t -c "$(tmp_service basic "$setting")" ||
		fail "basic: $setting"
done
for setting in "exec = {\"/bin/true\"} directory = \"$tmp/d\"" \
	"exec = {\"/bin/true\"} directory = \"/tmp\" writable = {\"/tmp\"}" \
	"chroot = \"$tmp/root\" exec = {\"/bin/true\"}"; do
	"$TINED" -t -c "$(tmp_service strict "$setting")" ||
		fail "strict: $setting"
done

{
	echo "control_socket = none"
	services
	cat <<-END
	service kept {
		capabilities = {"net_bind_service", "cap_kill"}
	}
	service root { user = root }
	service root-strict { user = root sandbox = strict }
	service root-off { user = root sandbox = off }
	END
} >"$tmp/conf"
chmod 0644 "$tmp/conf"
"$TINED" -t -c "$tmp/conf" | grep -q 'CAP_SYS_ADMIN' &&
	skip "root is not allowed to mount"
start_tined -c "$tmp/conf"
start_other
probe off 0 CAPS=$none
probe basic 1 CAPS=$none BOUND=$none
probe strict 2 CAPS=$none BOUND=$none TMP=ENOENT WRITE=ok CODE=EPERM
probe bare 2 CAPS=$none BOUND=$none TMP=ENOENT WRITE=ok CODE=EPERM "${bare[@]}"
# CAP_NET_BIND_SERVICE is 10, CAP_KILL 5.
probe kept 1 CAPS=0000000000000420 BOUND=0000000000000420

# Root in a sandbox has no capabilities.
probe root 1 CAPS=$none BOUND=$none "setuid 0=ok" "kill other=EPERM" \
    "read limit other=EPERM"
probe root-strict 2 CAPS=$none BOUND=$none "setuid 0=ok" TMP=ENOENT WRITE=ok \
    CODE=EPERM "read limit other=EPERM"

# Without a sandbox it has them.
all=$(sed -n 's/^CapBnd:[[:blank:]]*//p' /proc/self/status)
probe root-off 0 CapInh='*' CapAmb='*' CAPS="$all" "setuid 0=ok" \
    "setgroups=ok" "socket packet=ok" "socket raw=ok" "tcp repair=ok" \
    "limit other=*" "read limit other=*"
exec {fd}>&-
stop_tined
