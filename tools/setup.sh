#!/bin/sh
# Sets up what a make target needs and nothing else; safe to run again.
#   tools/setup.sh runtime    virtual environment with the locked packages and the project in place
#   tools/setup.sh dev        the same plus what tests and checks need
#   tools/setup.sh browser    a Chromium for the browser tests, and the npm packages they use
#   tools/setup.sh servers    what the tests start themselves: a Redis server (shared frontier), rsync (deploy)
set -eu
cd "$(dirname "$0")/.."
VENV=.venv
PYTHON=${PYTHON:-python3}

say() { printf '%s\n' "setup: $*" >&2; }
die() { say "$*"; exit 1; }

need_python() {
    command -v "$PYTHON" >/dev/null 2>&1 || die "no $PYTHON found; install Python 3.11 or later (Debian: apt-get install python3 python3-pip)"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "$PYTHON is older than 3.11; set PYTHON=/path/to/python3.11"
}

apt_install() { # package... : installs as root, else says what to install
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        die "please install: $* (Debian: sudo apt-get install $*)"
    fi
    say "installing $* with apt-get"
    # Package lists are fetched only when the first try shows that they are missing or old.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        die "apt-get could not install $*; see the lines above"
}

make_venv() {
    [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -m pip --version >/dev/null 2>&1 && return
    need_python
    say "creating $VENV"
    rm -rf "$VENV"
    if ! "$PYTHON" -m venv "$VENV" >/dev/null 2>&1; then
        # Debian without python3-venv lacks ensurepip; pip can fill an environment from outside.
        rm -rf "$VENV"
        "$PYTHON" -m venv --without-pip "$VENV" || die "python -m venv failed; install python3-venv"
        "$PYTHON" -m pip --python "$VENV/bin/python" install -q pip || die "pip is missing; install python3-pip"
    fi
}

quiet_pip() { # pip's own chatter goes to a log that is shown only when it fails
    "$VENV/bin/python" -m pip --disable-pip-version-check -q "$@" >"$VENV/setup.log" 2>&1 && return
    tail -n 20 "$VENV/setup.log" >&2
    die "pip $1 failed (whole log: $VENV/setup.log); is the package index reachable?"
}

# A stamp holds the checksum of what was installed, so that a second call costs nothing.
install_locked() { # lock-file stamp
    sum=$(cat "$1" pyproject.toml | cksum)
    [ -f "$VENV/$2" ] && [ "$(cat "$VENV/$2")" = "$sum" ] && return
    say "installing the packages of $1 (hash-checked)"
    quiet_pip install --require-hashes -r "$1"
    quiet_pip install --no-deps --no-build-isolation -e .
    printf '%s' "$sum" >"$VENV/$2"
}

find_browser() {
    for name in ${BANDING_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable chrome; do
        if command -v "$name" >/dev/null 2>&1; then command -v "$name"; return; fi
    done
    return 1
}

setup_browser() {
    if ! browser=$(find_browser); then
        apt_install chromium
        browser=$(find_browser) || die "no Chromium after installation; set BANDING_CHROMIUM=/path/to/browser"
    fi
    say "browser tests use $browser"
    npm_packages tests/browser ci
    # The benchmarks' tools pin exact versions but no lock: some of their own parts ask for "latest".
    [ "${1:-}" != bench ] || npm_packages tests/bench install --no-package-lock
}

npm_packages() { # folder npm-verb [options]
    folder=$1; shift
    command -v npm >/dev/null 2>&1 || die "npm is missing; install Node.js 18 or later"
    sum=$(cat "$folder"/package*.json | cksum)
    [ -f "$folder/node_modules/.stamp" ] && [ "$(cat "$folder/node_modules/.stamp")" = "$sum" ] && return
    say "installing the npm packages of $folder"
    (cd "$folder" && PUPPETEER_SKIP_DOWNLOAD=1 npm "$@" --silent --no-audit --no-fund) ||
        die "npm $1 failed in $folder; run it there without --silent to see why"
    printf '%s' "$sum" >"$folder/node_modules/.stamp"
}

case "${1:-}" in
    runtime) make_venv; install_locked requirements.lock .runtime ;;
    dev) make_venv; install_locked requirements-dev.lock .dev ;;
    browser) setup_browser ;;
    bench) setup_browser bench; command -v hugo >/dev/null 2>&1 || apt_install hugo ;;
    servers) for name in redis-server rsync; do command -v $name >/dev/null 2>&1 || apt_install $name; done ;;
    *) die "usage: tools/setup.sh runtime|dev|browser|bench|servers" ;;
esac
