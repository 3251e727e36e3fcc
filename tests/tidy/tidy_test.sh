#!/usr/bin/env bash
# Shows that each check of tidy.sh can fail: it passes an empty house, and reports the breach planted here.
# shellcheck disable=SC2016  # awk and Markdown mean their own $ and `
set -euo pipefail

tidy=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/tidy.sh
house=$(mktemp --directory)
trap 'rm -rf "$house"' EXIT
failures=0

# breach CHECK FILE LINE: CHECK must pass without the file, and name the file when it consists of the line.
breach() {
  local check=$1 file=$2 text=$3
  rm -rf "${house:?}"/* && mkdir -p "$house/engine/include/weir" "$house/stages/include/weir"
  printf '// A header.\n#pragma once\n' >"$house/engine/include/weir/run.hpp"
  printf '// A header.\n#pragma once\n' >"$house/stages/include/weir/schema.hpp"
  planted+=("$check")
  if ! "$tidy" "$check" "$house"; then
    echo "FAILED: $check finds fault with an empty house" && failures=$((failures + 1))
  fi
  mkdir -p "$(dirname "$house/$file")"
  printf '%b\n' "$text" >"$house/$file"
  local said
  if said=$("$tidy" "$check" "$house") || [[ $said != *"$file:"* ]]; then
    echo "FAILED: $check does not see this in $file: $text" && failures=$((failures + 1))
  fi
}

planted=()
breach includes_go_downward_only engine/graph/graph.cpp '#include "stages/config/wiring.hpp"'
breach includes_go_downward_only engine/graph/graph.cpp '#include "weir/schema.hpp"'
breach includes_go_downward_only stages/sinks/print.cpp '#include "cli/terminal.hpp"'
breach public_headers_include_public_headers_only engine/include/weir/graph.hpp '#include "engine/graph/plan.hpp"'
breach graph_does_not_know_the_runtime engine/graph/plan.cpp '#include "engine/runtime/token.hpp"'
breach tbb_is_included_in_the_runtime_only engine/graph/plan.cpp '#include <tbb/task_arena.h>'
breach tbb_is_included_in_the_runtime_only stages/sinks/print.cpp '#include <oneapi/tbb/task_arena.h>'
breach supervision_reads_no_clock engine/supervision/policy.cpp 'auto t = Clock::now();'
breach nobody_sleeps tests/engine/run_test.cpp 'std::this_thread::sleep_for(1s);'
breach nobody_sleeps cli/main.cpp '  usleep(10);'
breach nothing_is_left_for_later stages/sinks/print.cpp '// TO''DO: align'
breach nothing_is_left_for_later stages/sinks/print.cpp '// good enough for'' now.'
breach headers_say_what_they_are stages/formats/csv.hpp '#pragma once'
breach headers_say_what_they_are stages/formats/csv.hpp '// Reads CSV.'
breach files_are_one_thing stages/formats/csv.hpp "$(printf 'int x;\\n%.0s' {1..250})"
breach no_machine_of_ours_is_named stages/formats/csv.hpp '// see /ro''ot/csv.txt'
breach paths_in_documents_exist README.md 'Stages are in `stages/nowhere/`.'
breach paths_in_documents_exist README.md 'Include `weir/nothing.hpp`.'
breach paths_in_documents_exist engine/graph/graph.cpp '// docs/decisions/999-gone.md says why.'
breach links_in_documents_lead_somewhere README.md 'See [the decisions](docs/gone.md).'

for check in $("$tidy" --list); do
  if [[ " ${planted[*]} " != *" $check "* ]]; then
    echo "FAILED: no breach is planted for $check" && failures=$((failures + 1))
  fi
done
((failures == 0)) && echo "each check sees its breach"
exit $((failures != 0))
