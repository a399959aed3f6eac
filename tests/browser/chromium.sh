#!/bin/sh
# Makes sure that there is a Chromium for the browser tests and prints where it is: the system's own, else Playwright's.
set -u
cd "$(dirname "$0")/../.." || exit 1

own() {  # the system's; a stub that only points to a shop of packages does not run
    for name in chromium chromium-browser google-chrome; do
        found=$(command -v "$name" 2>/dev/null) || continue
        [ -d /usr/lib/chromium ] || "$found" --version >/dev/null 2>&1 || continue
        echo "$found"
        return 0
    done
    return 1
}

downloaded() {  # the one Playwright would start
    .venv/bin/python - 2>/dev/null <<'PYTHON'
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    path = playwright.chromium.executable_path
print(path)
sys.exit(not os.access(path, os.X_OK))
PYTHON
}

from_debian() {
    command -v apt-get >/dev/null 2>&1 || return 1
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root="sudo -n"
    fi
    echo "setting up: Chromium from the system's packages" >&2
    log=$(mktemp)
    for step in "update -qq" "install -y -qq --no-install-recommends chromium"; do
        # shellcheck disable=SC2086 # the words of a step are its arguments
        if ! DEBIAN_FRONTEND=noninteractive $as_root apt-get $step >"$log" 2>&1 </dev/null; then
            tail -n 5 "$log" >&2
            rm -f "$log"
            return 1
        fi
    done
    rm -f "$log"
}

from_playwright() {
    echo "setting up: Chromium from Playwright" >&2
    if [ "$(id -u)" -eq 0 ] && .venv/bin/python -m playwright install --with-deps chromium >&2; then return 0; fi
    .venv/bin/python -m playwright install chromium >&2
}

if path=$(own) || path=$(downloaded); then :
elif from_debian && path=$(own); then :
elif from_playwright && path=$(downloaded); then :
else
    echo "no Chromium: found none and could install none. Install the package chromium, or let" >&2
    echo "'.venv/bin/python -m playwright install chromium' reach the network; then run make check again." >&2
    exit 1
fi
echo "browser tests run in $path"
