#!/usr/bin/env bash
# Holds the documents to what they show.
#
#     tests/docs/docs_test.sh ROOT BIN      the repository, and the folder of the built programs
#
# A block of README.md, or of a document in docs/, that follows one of these comments is checked:
#     <!-- from: FILE -->            its lines stand in FILE, one after another
#     <!-- printed by: COMMAND -->   they are what the command prints on standard output; lines that begin with `$ `
#                                    (the command itself) are left out
set -euo pipefail

root=$(cd "$1" && pwd)
bin=$(cd "$2" && pwd)
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
cp -r "$root/configs" "$root/LICENSE" "$work"  # what commands read, and where they write

# Writes block N to $work/N.block and what it is checked by, with its document, to $work/N.rule.
(cd "$root" && find README.md docs -name '*.md' | sort | xargs awk -v work="$work" '
  FNR == 1 { inside = 0; rule = "" }
  /^<!-- (from|printed by): .* -->$/ { rule = $0; sub(/^<!-- /, "", rule); sub(/ -->$/, "", rule); next }
  /^```/ && inside { inside = 0; rule = ""; close(block); next }
  /^```/ && rule != "" { inside = 1; block = work "/" ++count ".block"; printf "" > block
                         print FILENAME "\n" rule > (work "/" count ".rule"); next }
  inside && !/^\$ / { print > block }
')

failures=0
checked=0
for rule_file in "$work"/*.rule; do
  { read -r document; read -r rule; } <"$rule_file"
  block=${rule_file%.rule}.block
  subject=${rule#*: }
  checked=$((checked + 1))
  case $rule in
    from:*)
      if [[ $'\n'$(<"$root/$subject")$'\n' != *$'\n'"$(<"$block")"$'\n'* ]]; then
        echo "$document shows lines of $subject that do not stand there so:"
        diff "$block" "$root/$subject" || true
        failures=$((failures + 1))
      fi ;;
    'printed by:'*)
      if ! (cd "$work" && PATH="$bin:$PATH" bash -c "$subject" 2>"$work/errors") | diff "$block" -; then
        echo "$document shows (<) something else than '$subject' prints (>)"
        cat "$work/errors"
        failures=$((failures + 1))
      fi ;;
  esac
done
((checked > 0)) || { echo "no document has a checked block"; exit 1; }
((failures == 0)) && echo "$checked blocks are as the documents show them"
exit $((failures != 0))
