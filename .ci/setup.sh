# shellcheck shell=sh
# Sourced by ./run: makes .venv from requirements.lock. Wants $root; offers setup, ready_for, browser, postgres, say, die.
# shellcheck disable=SC2154  # root is set by ./run
# The environment is built beside its place and renamed when whole, so a set-up that was cut short leaves nothing.

venv=$root/.venv
tmp=$root/.venv.tmp
log=$tmp/setup.log

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    done
    die "Python 3.11 or newer is needed and was not found. To add: sudo apt-get install -y python3"
}

as_root() { # dpkg needs the system directories, which a plain PATH may lack
    set -- env PATH="$PATH:/usr/sbin:/sbin" DEBIAN_FRONTEND=noninteractive "$@"
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() { # PACKAGE...: true when installed. The lists are fetched only if the first try fails.
    { command -v apt-get && as_root true; } >/dev/null 2>&1 || return 1
    say "Installing system packages: $*"
    for lists in old new; do
        [ $lists = old ] || as_root apt-get -q update </dev/null >>"$log" 2>&1 || return 1
        as_root apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install "$@" \
            </dev/null >>"$log" 2>&1 && return
    done
    return 1
}

pip_install() { # --no-deps because the lock is complete: nothing else may come in
    "$tmp/bin/python" -m pip --quiet --no-input --disable-pip-version-check install --no-deps "$@" \
        </dev/null >>"$log" 2>&1
}

missing_for_hardware() { # the system packages that the hardware part needs and this machine lacks
    "$python" - "$python" <<'EOF'
import ctypes.util, os, shutil, sys, sysconfig
header = os.path.join(sysconfig.get_path("include"), "Python.h")
there = {"gcc": shutil.which("gcc"), "libc6-dev": os.path.exists("/usr/include/stdio.h"),
         sys.argv[1] + "-dev": os.path.exists(header), "libzbar0": ctypes.util.find_library("zbar"),
         "libgl1": ctypes.util.find_library("GL"), "libglib2.0-0": ctypes.util.find_library("gthread-2.0")}
print(*[name for name, found in there.items() if not found])
EOF
}

hardware() { # soft: a package that cannot be had costs one input, never the program
    packages=$(missing_for_hardware)
    # shellcheck disable=SC2086  # a list of words
    [ -z "$packages" ] || apt_install $packages || true
    pip_install -r "$tmp/hardware.txt" || while read -r pin; do
        case $pin in *==*) pip_install "$pin" || true ;; esac
    done <"$tmp/hardware.txt"
    unusable=
    for module in evdev cv2 pyzbar.pyzbar; do
        "$tmp/bin/python" -c "import $module" >>"$log" 2>&1 || unusable="$unusable ${module%%.*}"
    done
    [ -z "$unusable" ] || say "Going on without$unusable. To add:" \
        "sudo apt-get install -y $(missing_for_hardware) && ./run setup"
}

fail() { # what the tool said last, then the sentence
    { grep -i '^error' "$log" || cat "$log"; } | tail -n 3 >&2
    die "$*"
}

build() { # NEED: "dev" where the verb cannot do without the tools
    find_python
    say "Setting up in .venv, once; this takes a minute or two"
    { rm -rf "$tmp" && mkdir "$tmp"; } 2>/dev/null || die "Cannot write to $root: the set-up needs a folder there."
    trap 'rm -rf "$tmp"' EXIT
    trap 'exit 130' INT TERM HUP
    "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install "$python-venv" ||
        die "Python's venv is missing. To add: sudo apt-get install -y $python-venv"
    "$python" -m venv --prompt scanner-app "$tmp" >>"$log" 2>&1 || fail "The environment could not be made."
    for part in base dev hardware; do
        awk -v part=$part '/^# == /{on = ($3 == part)} on' "$root/requirements.lock" >"$tmp/$part.txt"
    done
    pip_install -r "$tmp/base.txt" || fail "The packages could not be installed: is there a network?"
    if pip_install -r "$tmp/dev.txt"; then : >"$tmp/has-dev"
    elif [ "$1" = dev ]; then fail "The tools for tests and checks could not be installed: is there a network?"
    fi
    hardware
    # Activation and console scripts name the folder they were made in; pip's own go through `python -m`.
    grep -rlIZF "$tmp" "$tmp/bin" "$tmp/pyvenv.cfg" | xargs -0r sed -i "s|$tmp|$venv|g"
    printf '%s\n' "$hash" >"$tmp/stamp"
    rm -rf "$venv"
    mv "$tmp" "$venv"
    trap - EXIT INT TERM HUP
}

ready_for() { # NEED. The lib folder tells when the system's Python was replaced by another version.
    [ "$(cat "$venv/stamp" 2>/dev/null)" = "$hash" ] && [ -x "$venv/bin/python" ] || return 1
    real=$(readlink -f "$venv/bin/python")
    [ -d "$venv/lib/${real##*/}" ] && { [ "$1" != dev ] || [ -e "$venv/has-dev" ]; }
}

setup() { # NEED: "dev" or "base". One at a time: others wait on the script itself, then find the work done.
    hash=$(sha256sum <"$root/requirements.lock")
    if ready_for "$1"; then return; fi
    exec 9<"$root/run"
    flock -n 9 || { say "Waiting for a set-up that is under way"; flock 9; }
    if ! ready_for "$1"; then build "$1" 9<&-; fi
    exec 9<&-
}

browser() { # Chromium for the tests of the office's pages, tried once
    if command -v chromium >/dev/null || [ -e "$venv/no-chromium" ]; then return; fi
    grep -rqs --include='*.py' playwright "$root/tests" || return 0
    log=$venv/setup.log
    apt_install chromium || {
        : >"$venv/no-chromium"
        say "Left out: the pages in a browser. To add: sudo apt-get install -y chromium"
    }
}

postgres() { # The server's programs for the tests of PostgreSQL, which start a server of their own; tried once
    if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then return; fi
    { [ -e "$venv/no-postgres" ] || ! grep -rqs --include='*.py' initdb "$root/tests"; } && return
    log=$venv/setup.log
    apt_install postgresql || {
        : >"$venv/no-postgres"
        say "Left out: the server on PostgreSQL. To add: sudo apt-get install -y postgresql"
    }
}
