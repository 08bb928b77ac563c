#!/bin/sh
# The system libraries that Qt needs. On Debian and Ubuntu, as root, installs those that are missing; else names them.
# With the argument --window also those of a real window (X11); without it, those that the tests need.
set -eu

libraries="libglib2.0-0:libglib-2.0.so.0 libgl1:libGL.so.1 libegl1:libEGL.so.1 libfontconfig1:libfontconfig.so.1
libxkbcommon0:libxkbcommon.so.0 libdbus-1-3:libdbus-1.so.3"
if [ "${1:-}" = "--window" ]; then
    libraries="$libraries libxcb-cursor0:libxcb-cursor.so.0 libxcb-icccm4:libxcb-icccm.so.4
libxcb-keysyms1:libxcb-keysyms.so.1 libxcb-shape0:libxcb-shape.so.0 libxcb-xkb1:libxcb-xkb.so.1
libxkbcommon-x11-0:libxkbcommon-x11.so.0"
fi

[ "$(uname -s)" = Linux ] || exit 0
ldconfig="$(command -v ldconfig || echo /sbin/ldconfig)"
known="$("$ldconfig" -p 2>/dev/null || true)"
[ -n "$known" ] || exit 0 # a system without ldconfig: Qt will say what it misses

missing=""
for pair in $libraries; do
    case "$known" in
    *"${pair#*:}"*) ;;
    *) missing="$missing ${pair%%:*}" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing the system libraries that Qt needs:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086 - one argument per package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "Qt needs these system libraries:$missing"
    echo "On Debian and Ubuntu: sudo apt-get install$missing"
fi
