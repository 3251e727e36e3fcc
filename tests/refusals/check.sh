#!/usr/bin/env bash
# Compiles each entry of a table, and looks in what the compiler says for the words that stand there.
#
#     check.sh COMPILER INCLUDE_FOLDER TABLE
#
# An entry is a title behind `== `, the words, and the code, which stands in a function. An entry whose words are
# `compiles` must compile. Of two other entries, `header` is read once and stands before all functions, and the lines
# of `before each` stand in each function before the code.
set -euo pipefail

compiler=$1 include=$2 table=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# An entry a folder, numbered: title, words, code.cpp.
awk -v work="$work" '
  /^== header$/ { part = "header"; next }
  /^== before each$/ { part = "before"; next }
  /^== / { part = "entry"; folder = sprintf("%s/%03d", work, ++entries); system("mkdir -p " folder); print substr($0, 4) >(folder "/title"); lines = 0; next }
  part == "header" { print >(work "/header.hpp") }
  part == "before" { before = before $0 "\n" }
  part != "entry" || (lines == 0 && /^$/) { next }
  ++lines == 1 { print >(folder "/words"); next }
  lines == 2 { printf "void snippet() {\n%s", before >(folder "/code.cpp") }
  { print >(folder "/code.cpp") }' "$table"

options=(-std=c++20 -I"$include" -I"$work")
precompiled=$work/header.hpp.$([[ $("$compiler" --version) == *clang* ]] && echo pch || echo gch)
"$compiler" "${options[@]}" -x c++-header "$work/header.hpp" -o "$precompiled"
if [[ $precompiled == *.pch ]]; then options+=(-include-pch "$precompiled"); else options+=(-include "$work/header.hpp"); fi

entries=0 failures=0
for entry in "$work"/[0-9]*/; do
  entries=$((entries + 1))
  title=$(<"$entry/title") words=$(<"$entry/words")
  echo '}' >>"$entry/code.cpp"
  if "$compiler" "${options[@]}" -fsyntax-only "$entry/code.cpp" >"$entry/said" 2>&1; then said=compiles; else said=$(<"$entry/said"); fi
  [[ $words == compiles && $said == compiles ]] && continue
  [[ $words != compiles && $said == *"$words"* ]] && continue
  failures=$((failures + 1))
  printf '%s: expected\n  %s\nbut the compiler says\n%s\n\n' "$title" "$words" "$(head -20 <<<"$said")"
done
echo "$entries entries, $failures of them not as the table says"
((entries > 0 && failures == 0)) || exit 1
