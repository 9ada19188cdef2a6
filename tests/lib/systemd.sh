# shellcheck shell=bash
# A systemd of the test's own: PID 1 of new namespaces, with a /run, /tmp and
# cgroup tree of its own, the machine's files below an overlay that goes away
# with it, and no unit but those that the test puts into $SD_ROOT$SD_UNITS.
# Source it after behaviour.sh.
#
#	sd_boot			boots; skips the test where that is not to be had
#	sd COMMAND...		runs a command in it, for 30 s at most
#	sd_overlay DIR OVER	before sd_boot: shows DIR's files over OVER's
#	sd_stop			ends all of it; the end of the test does so, too
#
# For tined itself: sd_install before sd_boot, sd_units after it; configure
# writes its configuration, connect PORT talks to it.

SD_PID=		# of its PID 1
SD_ROOT=	# its file system, as seen from here
SD_UNITS=/run/systemd/system
SD_CGROUP=
SD_OVERLAYS=()
SD_JOURNAL=${SD_JOURNAL:-}	# lines of journald.conf besides

# What it needs of the machine's units: the journal.
SD_COPIED='systemd-journald.service systemd-journald.socket
	systemd-journald-dev-log.socket'

sd_overlay() {
	SD_OVERLAYS+=("$1" "$2")
}

# A cgroup beside no process, so that systemd may delegate below it.
sd_make_cgroup() {
	local mount
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$mount" ] || skip "no cgroup2 is mounted"
	mount=$mount$(sed -n 's/^0:://p' /proc/self/cgroup)
	SD_CGROUP=${mount%/}/tined-test.$$
	mkdir "$SD_CGROUP" 2>/dev/null || skip "no cgroup can be made"
}

# sd_show_over LOWER: DIR: DIR becomes an overlay that can be written.
sd_show_over() {
	local own=/run/overlay${2//\//-}
	mkdir -p "$own/upper" "$own/work"
	mount -t overlay -o "lowerdir=$1$2,upperdir=$own/upper" \
	    -o "workdir=$own/work" overlay "$2"
}

# Runs in the new namespaces and becomes systemd.
sd_init() {
	set -e
	local unit
	mount --make-rprivate /
	mount -t tmpfs -o mode=0755 tmpfs /run
	mkdir -p "$SD_UNITS"
	# Nothing of what is written stays: sysusers, the machine's id.
	case " $* " in
	*' /etc '*) ;;
	*) sd_show_over "" /etc ;;
	esac
	while [ $# -gt 1 ]; do
		mkdir -p "$2"
		sd_show_over "$1:" "$2"
		shift 2
	done
	mount -t tmpfs -o mode=1777 tmpfs /tmp
	# The kernel's settings and this machine's console are not its own.
	mount --bind /proc/sys /proc/sys
	mount -o remount,bind,ro /proc/sys
	[ ! -e /dev/console ] || mount --bind /dev/null /dev/console
	umount -R /sys/fs/cgroup 2>/dev/null || :
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	for unit in $SD_COPIED; do
		cp "/lib/systemd/system/$unit" "$SD_UNITS/"
	done
	for unit in sysinit basic sockets shutdown network-online multi-user; do
		printf '[Unit]\nDefaultDependencies=no\n' \
		    >"$SD_UNITS/$unit.target"
	done
	printf '[Unit]\nDefaultDependencies=no\nRequires=%s\n' \
	    "systemd-journald.service" >"$SD_UNITS/test.target"
	mkdir -p /etc/systemd
	printf '[Journal]\n%s\n%s\n' 'Storage=volatile
ReadKMsg=no
Audit=no
ForwardToSyslog=no
ForwardToWall=no' "${SD_JOURNAL:-}" >/etc/systemd/journald.conf
	ip link set lo up 2>/dev/null || :
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=tined-test \
	    SYSTEMD_UNIT_PATH="$SD_UNITS" \
	    SYSTEMD_GENERATOR_PATH=/run/none \
	    SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/run/none \
	    /lib/systemd/systemd --system --unit=test.target \
	    --log-target=journal --show-status=no
}

sd() {
	timeout --kill-after=5 30 nsenter -t "$SD_PID" -a -- "$@"
}

sd_answers() {
	alive "$SD_UNSHARE" || return 0
	SD_PID=$(pgrep -P "$SD_UNSHARE" -x systemd) || return 1
	sd systemctl is-active --quiet test.target 2>/dev/null
}

sd_boot() {
	require_root
	require unshare nsenter mount pgrep
	[ -x /lib/systemd/systemd ] || skip "systemd is missing"
	unshare --fork --pid --mount --uts --ipc --net --cgroup --mount-proc \
	    true 2>/dev/null || skip "namespaces are not to be had"
	sd_make_cgroup
	finally sd_stop
	export SD_UNITS SD_COPIED SD_JOURNAL
	(
		echo "$BASHPID" >"$SD_CGROUP/cgroup.procs" || exit 1
		exec unshare --fork --kill-child --pid --mount --uts --ipc \
		    --net --cgroup --mount-proc bash -c "$(declare -f sd_init sd_show_over)
		    sd_init \"\$@\"" sd_init "${SD_OVERLAYS[@]}"
	) >"$tmp/systemd.out" 2>&1 </dev/null &
	SD_UNSHARE=$!
	record "$SD_UNSHARE"
	wait_until 60 sd_answers || fail "systemd did not boot in 60 s"
	if dead "$SD_UNSHARE"; then
		cat "$tmp/systemd.out"
		! grep -Eq 'ermission denied|not permitted|unknown filesystem' \
		    "$tmp/systemd.out" || skip "systemd cannot boot here"
		fail "systemd did not boot"
	fi
	SD_ROOT=/proc/$SD_PID/root
}

sd_stop() {
	[ -n "$SD_CGROUP" ] || return 0
	# The end of a namespace's PID 1 is the end of all that is in it.
	[ -z "$SD_PID" ] || kill -KILL "$SD_PID" 2>/dev/null
	SD_PID=
	wait_until 10 sd_remove_cgroups ||
	    echo "$SD_CGROUP: not removed" >&2
	SD_CGROUP=
}

sd_remove_cgroups() {
	find "$SD_CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null
	[ ! -e "$SD_CGROUP" ]
}

# sd_state UNIT STATE: waits until it is active, failed, inactive...
sd_state() {
	wait_until 20 sd_is "$@" ||
	    fail "$1 is $(sd systemctl is-active "$1"), not $2"
}

sd_is() {
	[ "$(sd systemctl is-active "$1")" = "$2" ]
}

# sd_show UNIT PROPERTY
sd_show() {
	sd systemctl show --property "$2" --value "$1"
}

# sd_pids UNIT: its processes, one a line, as they are numbered in there.
sd_pids() {
	sd cat "/sys/fs/cgroup/system.slice/$1/cgroup.procs" 2>/dev/null || :
}

# ------------------------------------------------------------------ tined in it

# Make, not as a part of the make that runs the test.
sd_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
	    make -s --no-print-directory -C "$top_builddir" "$@"
}

# sd_setting NAME: a variable of the makefile.
sd_setting() {
	sd_make --eval="print-it: ; @echo '\$($1)'" print-it
}

# `make install` into a directory that will be seen in its place.  A unit sees
# nothing of some prefixes (PrivateTmp, ProtectHome): then /usr/local it is,
# with the acceptor beside tined, where it is looked for first.
sd_install() {
	require_root
	[ -x /lib/systemd/systemd ] || skip "systemd is missing"
	local dest=$tmp/dest prefix etc bin
	SD_UNIT=$tmp/tined.service
	prefix=$(sd_setting prefix)
	etc=$(sd_setting sysconfdir)
	SD_SBIN=$(sd_setting sbindir)
	bin=$(sd_setting bindir)
	case $prefix/ in
	/tmp/* | /var/tmp/* | /run/* | /home/* | /root/*)
		set -- prefix=/usr/local exec_prefix=/usr/local \
		    libexecdir=/usr/local/sbin
		sed -e "s,$SD_SBIN/tined.*,& --config /usr/local/etc/tined/tined.conf," \
		    -e "s,$SD_SBIN/,/usr/local/sbin/," \
		    -e "s,$bin/tine ,/usr/local/bin/tine ," \
		    "$top_builddir/systemd/tined.service" >"$SD_UNIT"
		prefix=/usr/local
		etc=/usr/local/etc
		SD_SBIN=/usr/local/sbin
		;;
	*)
		cp "$top_builddir/systemd/tined.service" "$SD_UNIT"
		;;
	esac
	sd_make install DESTDIR="$dest" "$@" >"$tmp/install" 2>&1 || {
		cat "$tmp/install"
		fail "make install"
	}
	SD_CONF=$etc/tined/tined.conf
	[ -x "$dest$SD_SBIN/tined" ] || fail "no $SD_SBIN/tined was installed"
	[ -f "$dest$SD_CONF" ] || fail "no $SD_CONF was installed"
	sd_overlay "$dest$prefix" "$prefix"
	case $etc in
	"$prefix"/*) ;;
	*) sd_overlay "$dest$etc" "$etc" ;;
	esac
}

# Brings the units and the user in.
sd_units() {
	cp "$SD_UNIT" "$top_srcdir/systemd/tined.socket" "$SD_ROOT$SD_UNITS/"
	sd systemd-sysusers - <"$top_builddir/systemd/tined.sysusers" \
	    >"$tmp/sysusers" 2>&1 || {
		cat "$tmp/sysusers"
		fail "systemd-sysusers"
	}
	finally '[ "$status" -eq 0 ] || [ -z "$SD_PID" ] || sd_journal'
	[ "$WIDE_SANDBOX" = 0 ] || sd_widen
	sd systemctl daemon-reload
}

# What instrumented code does is more than the unit permits.
sd_widen() {
	mkdir "$SD_ROOT$SD_UNITS/tined.service.d"
	printf '[Service]\n%s\n' 'SystemCallFilter=
MemoryDenyWriteExecute=no
ProcSubset=all
LockPersonality=no
ProtectSystem=no
Environment=ASAN_OPTIONS=detect_leaks=0' \
	    >"$SD_ROOT$SD_UNITS/tined.service.d/wide.conf"
}

# What the unit has said.
sd_journal() {
	sd journalctl --no-pager -o short-monotonic -u tined.service |
		tail -n 60
}

# Makes standard input its configuration.
configure() {
	cat >"$SD_ROOT$SD_CONF.new" && chmod 0644 "$SD_ROOT$SD_CONF.new" &&
	    mv "$SD_ROOT$SD_CONF.new" "$SD_ROOT$SD_CONF"
}

# connect PORT: sends standard input, prints the reply.
connect() {
	sd socat -t 10 - "TCP4:127.0.0.1:$1"
}
