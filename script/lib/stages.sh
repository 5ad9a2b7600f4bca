# SPDX-License-Identifier: AGPL-3.0-or-later
# Sourced after common.sh by scripts that run named stages one after another and tell at the end how it went.
# A stage NAME is the function stage_NAME; a stage that fails doesn't keep the others from running.

passed=()
failed=()

# Every stage is a fresh shell, so that `set -e` holds inside it and what it changes stays inside it.
run_stage() {
  local name=$1 started=$SECONDS
  printf '\n== %s\n' "$name"
  set +e
  (
    set -euo pipefail
    "stage_${name//-/_}"
  )
  local code=$?
  set -e
  if [ "$code" = 0 ]; then
    passed+=("$name")
    printf '== %s: passed in %s s\n' "$name" "$((SECONDS - started))"
  else
    failed+=("$name")
    printf '== %s: FAILED (%s) after %s s\n' "$name" "$code" "$((SECONDS - started))"
  fi
}

known_stage() { declare -F "stage_${1//-/_}" >/dev/null; }

# run_stages NAME…: runs them and returns false when any failed. The last line counts them.
run_stages() {
  local name
  for name in "$@"; do known_stage "$name" || die "unknown stage '$name' (see --help)"; done
  for name in "$@"; do run_stage "$name"; done
  printf '\n'
  [ ${#failed[@]} = 0 ] || printf 'Failed: %s\n' "${failed[*]}"
  printf '%s passed, %s failed\n' "${#passed[@]}" "${#failed[@]}"
  [ ${#failed[@]} = 0 ]
}
