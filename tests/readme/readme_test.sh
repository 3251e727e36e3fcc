#!/usr/bin/env bash
# Holds the README to what it shows.
#
#     tests/readme/readme_test.sh ROOT BIN      the repository, and the folder of the built programs
#
# A block of the README that follows one of these comments is checked:
#     <!-- from: FILE -->            its lines stand in FILE, one after another
#     <!-- printed by: COMMAND -->   they are what the command prints on standard output; lines that begin with `$ `
#                                    (the command itself) are left out
set -euo pipefail

root=$(cd "$1" && pwd)
bin=$(cd "$2" && pwd)
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
cp -r "$root/configs" "$work/configs"  # what a command writes goes here

# Writes block N to $work/N.block and what it is checked by to $work/N.rule.
awk -v work="$work" '
  /^<!-- (from|printed by): .* -->$/ { rule = $0; sub(/^<!-- /, "", rule); sub(/ -->$/, "", rule); next }
  /^```/ && inside { inside = 0; rule = ""; close(block); next }
  /^```/ && rule != "" { inside = 1; block = work "/" ++count ".block"; printf "" > block
                         print rule > (work "/" count ".rule"); next }
  inside && !/^\$ / { print > block }
' "$root/README.md"

failures=0
checked=0
for rule_file in "$work"/*.rule; do
  rule=$(<"$rule_file")
  block=${rule_file%.rule}.block
  subject=${rule#*: }
  checked=$((checked + 1))
  case $rule in
    from:*)
      if [[ $'\n'$(<"$root/$subject")$'\n' != *$'\n'"$(<"$block")"$'\n'* ]]; then
        echo "README.md shows lines of $subject that do not stand there so:"
        diff "$block" "$root/$subject" || true
        failures=$((failures + 1))
      fi ;;
    'printed by:'*)
      if ! (cd "$work" && PATH="$bin:$PATH" bash -c "$subject" 2>"$work/errors") | diff "$block" -; then
        echo "README.md shows (<) something else than '$subject' prints (>)"
        cat "$work/errors"
        failures=$((failures + 1))
      fi ;;
  esac
done
((checked > 0)) || { echo "README.md has no checked block"; exit 1; }
((failures == 0)) && echo "$checked blocks are as the README shows them"
exit $((failures != 0))
