#!/usr/bin/env bash
# Keeps the house: rules that a compiler does not see.
#
#     tests/tidy/tidy.sh CHECK [ROOT]     one of the checks below, in the repository at ROOT (default: this one)
#     tests/tidy/tidy.sh --list           the names of the checks
#
# A check prints a line for each breach, `file:line: what is wrong`, and then exits 1. To add one, write a function
# check_NAME, and a breach of it in tidy_test.sh.
# shellcheck disable=SC2016  # awk and Markdown mean their own $ and `
set -euo pipefail

boxes=(engine stages cli)                                     # from left to right: a box includes only what is left of it
code=(engine stages cli examples tests benchmarks)
documents=(README.md CHANGELOG.md CONTRIBUTING.md docs configs benchmarks)

# Files below the folders given that have one of the endings given before `--`.
files() {
  local endings=()
  while [[ $1 != -- ]]; do endings+=(-o -name "*.$1"); shift; done
  shift
  local present=()
  for folder in "$@"; do [[ -e $folder ]] && present+=("$folder"); done
  ((${#present[@]})) || return 0
  find "${present[@]}" -type f \( "${endings[@]:1}" \) | sort
}

# breach PATTERN MESSAGE FILE...: reports each line that matches.
breach() {
  local pattern=$1 message=$2
  shift 2
  (($#)) || return 0
  { grep -nHE -e "$pattern" -- "$@" || true; } | awk -F: -v message="$message" '{
    text = $0; sub(/^[^:]*:[^:]*:/, "", text); print $1 ":" $2 ": " message ": " text }'
}

# Which box a quoted include belongs to: by its path, or by where the public header lies.
box_of_include() {
  case $1 in
    weir/*) for box in "${boxes[@]}"; do [[ -e $box/include/$1 ]] && echo "$box" && return; done ;;
    */*) for box in "${boxes[@]}"; do [[ ${1%%/*} == "$box" ]] && echo "$box" && return; done ;;
  esac
  return 0
}

check_includes_go_downward_only() {
  local level=0 box file line include target
  for box in "${boxes[@]}"; do
    while IFS=: read -r file line include; do
      target=$(box_of_include "$include")
      for above in "${boxes[@]:level+1}"; do
        [[ $target == "$above" ]] && echo "$file:$line: $box must not include $above: $include"
      done
    done < <(quoted_includes "$box")
    level=$((level + 1))
  done
  return 0
}

# file:line:path of each quoted include in the sources below a folder.
quoted_includes() {
  files hpp cpp -- "$@" | xargs --no-run-if-empty awk '
    /^#include "/ { split($0, part, "\""); print FILENAME ":" FNR ":" part[2] }'
}

check_public_headers_include_public_headers_only() {
  quoted_includes engine/include stages/include |
    awk -F: '$3 !~ /^weir\// { print $1 ":" $2 ": not installed, so not for a public header: " $3 }'
}

check_graph_does_not_know_the_runtime() {
  quoted_includes engine/graph | awk -F: '$3 ~ /^engine\/runtime\// { print $1 ":" $2 ": graph is plain data: " $3 }'
}

# weir/tbb.hpp is for those who have oneTBB already, and it alone.
check_tbb_is_included_in_the_runtime_only() {
  local of_tbb_hpp='^engine/include/weir/(tbb|detail/supervised_body)[.]hpp$'
  mapfile -t sources < <(files hpp cpp -- "${boxes[@]}" examples | grep -v '^engine/runtime/' | grep -vE "$of_tbb_hpp")
  breach '#include *[<"](oneapi/)?tbb/' 'TBB belongs to engine/runtime' "${sources[@]}"
}

check_supervision_reads_no_clock() {
  mapfile -t sources < <(files hpp cpp -- engine/supervision)
  breach '::now *\(' 'time is handed in' "${sources[@]}"
}

check_nobody_sleeps() {
  mapfile -t sources < <(files hpp cpp -- "${code[@]}")
  breach '(sleep_for|sleep_until|usleep|nanosleep|[^a-zA-Z_.>]sleep) *\([^)]' 'wait for what happens, not for time' "${sources[@]}"
}

check_nothing_is_left_for_later() {
  mapfile -t sources < <(files hpp cpp txt cmake yaml -- "${code[@]}" cmake configs)
  breach '(TODO|FIXME|// *XXX|HACK|[^a-z]for now[^a-z]|not implemented)' 'do it or leave it' "${sources[@]}"
}

check_headers_say_what_they_are() {
  local header
  for header in $(files hpp -- "${code[@]}"); do
    [[ $(head --lines=1 "$header") == '// '* ]] || echo "$header:1: a header opens with what it is for"
    grep -q '^#pragma once$' "$header" || echo "$header:1: #pragma once is missing"
  done
}

check_files_are_one_thing() {
  local file
  for file in $(files hpp cpp -- "${code[@]}"); do
    awk -v limit="$([[ $file == *.hpp ]] && echo 250 || echo 500)" \
      'END { if (NR > limit) print FILENAME ":" NR ": longer than " limit " lines: is it two things?" }' "$file"
  done
}

check_no_machine_of_ours_is_named() {
  mapfile -t texts < <(files hpp cpp txt cmake yaml md sh -- "${code[@]}" "${documents[@]}" cmake configs |
    grep -v '^tests/tidy/' | sort -u)
  breach '(^|[^a-zA-Z0-9_.])/(root|work)/' 'a path that only one machine has' "${texts[@]}"
}

# Words of documents and comments that look like a path of this repository must name something that is there.
check_paths_in_documents_exist() {
  local file line path
  {
    files md -- "${documents[@]}" | xargs --no-run-if-empty awk "$path_words"
    files hpp cpp txt cmake yaml -- "${code[@]}" cmake configs |
      xargs --no-run-if-empty awk "$comments_only $path_words"
  } | while IFS=: read -r file line path; do
    case $path in
      configs/out/* | */NAME* | */NNN*) ;;  # made by a run; a name to be filled in
      weir/*) [[ -e engine/include/$path || -e stages/include/$path ]] || echo "$file:$line: no such header: $path" ;;
      *) [[ -e $path ]] || echo "$file:$line: no such file: $path" ;;
    esac
  done
}
comments_only='{ at = match($0, /(\/\/|#) /); $0 = at ? substr($0, at) : "" }'
path_words='{
  rest = $0
  while (match(rest, /[A-Za-z0-9_.\/-]*[A-Za-z0-9_\/-]/)) {
    word = substr(rest, RSTART, RLENGTH)
    rest = substr(rest, RSTART + RLENGTH)
    folder = word ~ /^(engine|stages|cli|configs|examples|tests|benchmarks|docs|cmake|scripts|\.ci)\/./
    header = word ~ /^weir\/[a-z_]+\.hpp$/
    if (folder || header) print FILENAME ":" FNR ":" word
  }
}'

# Links in Markdown that lead into the repository must lead somewhere. Code has none: there `](` begins a lambda.
check_links_in_documents_lead_somewhere() {
  local file line target
  files md -- "${documents[@]}" | xargs --no-run-if-empty awk '
    FNR == 1 { code = 0 }
    /^```/ { code = !code }
    !code {
    rest = $0
    while (match(rest, /\]\([^)]*\)/)) {
      print FILENAME ":" FNR ":" substr(rest, RSTART + 2, RLENGTH - 3)
      rest = substr(rest, RSTART + RLENGTH)
    }
  }' | while IFS=: read -r file line target; do
    [[ $target == http* || $target == \#* ]] && continue
    target=${target%%#*}
    [[ -e $(dirname "$file")/$target ]] || echo "$file:$line: the link leads nowhere: $target"
  done
}

list_checks() { declare -F | awk '$3 ~ /^check_/ { print substr($3, 7) }'; }

check=${1:?a check, or --list}
if [[ $check == --list ]]; then
  list_checks
  exit 0
fi
cd "${2:-$(dirname "${BASH_SOURCE[0]}")/../..}"
if ! declare -F "check_$check" >/dev/null; then
  echo "no such check: $check; there are:" >&2
  list_checks >&2
  exit 64
fi
breaches=$("check_$check")
if [[ -n $breaches ]]; then
  echo "$breaches"
  exit 1
fi
