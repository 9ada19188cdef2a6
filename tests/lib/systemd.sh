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

SD_PID=		# of its PID 1
SD_ROOT=	# its file system, as seen from here
SD_UNITS=/run/systemd/system
SD_CGROUP=
SD_OVERLAYS=()

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

# Runs in the new namespaces and becomes systemd.
sd_init() {
	set -e
	local unit
	mount --make-rprivate /
	mount -t tmpfs -o mode=0755 tmpfs /run
	mkdir -p /run/systemd/system /run/overlay/etc /run/overlay/work
	mount -t overlay -o lowerdir=/etc,upperdir=/run/overlay/etc \
	    -o workdir=/run/overlay/work overlay /etc
	while [ $# -gt 1 ]; do
		mkdir -p "$2"
		mount -t overlay -o "lowerdir=$1:$2" overlay "$2"
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
	printf '[Journal]\n%s\n' 'Storage=volatile
ReadKMsg=no
Audit=no
ForwardToSyslog=no
ForwardToWall=no' >/etc/systemd/journald.conf
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
	export SD_UNITS SD_COPIED
	(
		echo "$BASHPID" >"$SD_CGROUP/cgroup.procs" || exit 1
		exec unshare --fork --kill-child --pid --mount --uts --ipc \
		    --net --cgroup --mount-proc bash -c "$(declare -f sd_init)
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
