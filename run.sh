#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Parley developers
# SPDX-License-Identifier: MIT
#
# ./run.sh [HOST] [PORT]: installs missing packages, builds Parley and opens both windows, the server already
# listening. Without a display it runs both in this terminal: the server, then the client. Ctrl-C ends both.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source .ci/build.sh

display=${WAYLAND_DISPLAY-}${DISPLAY-}
# Qt's own Wayland support is a package apart; without it and without DISPLAY no window would open.
[[ -z ${WAYLAND_DISPLAY-} ]] || build_packages+=(qt6-wayland)
install_missing "${build_packages[@]}"
build release

# Both programs take this computer's name by default, and a bare system may not know its own.
if (($# == 0)) && ! getent ahosts "$(uname -n)" >/dev/null; then
    say "This computer's name, $(uname -n), has no address (/etc/hosts lacks it): using 127.0.0.1"
    set -- 127.0.0.1
fi

# The terminal's Ctrl-C does not end programs that a script started in the background: the script has to.
end_both() {
    local pid
    for pid in $(jobs -rp); do
        kill "$pid" 2>/dev/null || true # the program may have ended since
    done
    wait
}
trap end_both EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [[ $display ]]; then
    say 'Opening both windows; Ctrl-C here closes them'
    # The windows stand side by side, and the client has the endpoint that the server remembers.
    export PARLEY_PAIR=1
    build/release/bin/parley-server "$@" &
    server=$!
    build/release/bin/parley-client "$@" &
    client=$!
    status=0
    wait "$server" || status=$?
    wait "$client" || status=$?
    exit "$status"
fi

say 'There is no display: the headless server, then the headless client'
pipe=$(mktemp -d)/stderr
mkfifo "$pipe"
build/release/bin/parley-server --headless "$@" 2>"$pipe" &
server=$!
exec {server_stderr}<"$pipe"
rm -r "${pipe%/*}"
# The server says on stderr that it listens, or why it cannot.
while IFS= read -r line <&"$server_stderr"; do
    printf '%s\n' "$line" >&2
    [[ $line != 'Listening on '* ]] || break
done
if [[ $line != 'Listening on '* ]]; then
    wait "$server" || exit
    exit 1
fi
# Further lines of the server are passed on until it ends, even while end_both is at work.
(trap '' INT TERM HUP && exec cat) <&"$server_stderr" >&2 &

status=0
build/release/bin/parley-client --headless "$@" &
wait $! || status=$?
kill "$server" || true
wait "$server" || status=$?
wait
exit "$status"
