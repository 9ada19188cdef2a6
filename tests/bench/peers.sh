#!/bin/sh
# The servers that tined is compared with, from Debian's packages.
#
#	tests/bench/peers.sh [directory]
#
# Tools are installed.  Daemons are only unpacked into the directory (peers):
# some exclude each other, and none shall be started as a service.

set -eu
directory=${1:-peers}

tools='gnuplot-nox haproxy iproute2 ncat python3 socat strace systemd'
libraries='libbsd0 libevent-2.1-7 libselinux1 libtirpc3 libwrap0'
daemons='inetutils-inetd ipsvd openbsd-inetd ucspi-tcp xinetd'

[ "$(id -u)" -eq 0 ] || {
	echo "peers.sh: as root only" >&2
	exit 77
}
# shellcheck disable=SC2086 # a word a package
DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends \
    $tools $libraries
mkdir -p "$directory"
cd "$directory"
for package in $daemons; do
	apt-get -q -o APT::Sandbox::User=root download "$package"
	dpkg-deb -x "$package"_*.deb .
	rm -f "$package"_*.deb
done
ls usr/bin/tcpserver usr/bin/tcpsvd usr/sbin/*inetd*
