# SPDX-License-Identifier: AGPL-3.0-or-later
# Sourced after common.sh: which of our files are which. New files count before they are committed.

our_files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
  [ -f "$file" ] && echo "$file"
done; }

cpp_files() { our_files '*.cpp' '*.hpp'; }

script_files() { our_files script .ci demo/render deploy/render deploy/start deploy/member deploy/collect | while read -r file; do
  head -n 1 "$file" | grep -q '^#!.*sh' && echo "$file"
done; }
