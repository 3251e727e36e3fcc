#!/usr/bin/env bash
# Compiles each entry of snippets.txt, and looks in what the compiler says for the words that stand there.
#
#     check.sh COMPILER INCLUDE_FOLDER
set -euo pipefail

compiler=$1 include=$2
table=$(dirname "${BASH_SOURCE[0]}")/snippets.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# All but the snippets is read once.
cat >"$work/flow.hpp" <<'EOF'
#include <memory>
#include <string>
#include <vector>

#include "weir/flow.hpp"

using Pointers = std::vector<std::unique_ptr<int>>;
inline const std::vector<int> kNumbers;
inline const std::vector<std::string> kStrings;
EOF
options=(-std=c++20 -I"$include" -I"$work")
"$compiler" "${options[@]}" -x c++-header "$work/flow.hpp" -o "$work/flow.hpp.$([[ $("$compiler" --version) == *clang* ]] && echo pch || echo gch)"
if [[ -e $work/flow.hpp.pch ]]; then options+=(-include-pch "$work/flow.hpp.pch"); else options+=(-include "$work/flow.hpp"); fi

# An entry a folder, numbered: title, words, code.cpp.
awk -v work="$work" '
  /^== / { folder = sprintf("%s/%03d", work, ++entries); system("mkdir -p " folder); print substr($0, 4) >(folder "/title"); lines = 0; next }
  !entries || (lines == 0 && /^$/) { next }
  ++lines == 1 { print >(folder "/words"); next }
  lines == 2 {
    print "void snippet(std::vector<int>& out, std::vector<weir::DeadLetter<int>>& bad) {\n  (void)out, (void)bad;" >(folder "/code.cpp")
    print "  [[maybe_unused]] auto numbers = weir::from(\"numbers\", kNumbers);" >(folder "/code.cpp")
    print "  [[maybe_unused]] auto strings = weir::from(\"strings\", kStrings);" >(folder "/code.cpp")
    print "  [[maybe_unused]] auto pointers = weir::from(\"pointers\", Pointers());" >(folder "/code.cpp")
  }
  { print >(folder "/code.cpp") }' "$table"

failures=0
for entry in "$work"/[0-9]*/; do
  title=$(<"$entry/title") words=$(<"$entry/words")
  echo '}' >>"$entry/code.cpp"
  if "$compiler" "${options[@]}" -fsyntax-only "$entry/code.cpp" >"$entry/said" 2>&1; then said=compiles; else said=$(<"$entry/said"); fi
  [[ $words == compiles && $said == compiles ]] && continue
  [[ $words != compiles && $said == *"$words"* ]] && continue
  failures=$((failures + 1))
  printf '%s: expected\n  %s\nbut the compiler says\n%s\n\n' "$title" "$words" "$(head -20 <<<"$said")"
done
((failures == 0)) || exit 1
