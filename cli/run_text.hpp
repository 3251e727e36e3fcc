// What a run says of itself to people. Pure functions.
#pragma once

#include <string>

#include "weir/payload.hpp"
#include "weir/run_report.hpp"

namespace weir {

/// A row a stage: what came in, what went out and where the rest went; then the run as a whole.
std::string summary_text(const RunReport& report);

/// Where a record was read: "in.csv:7", "standard input at byte 120"; empty where nobody knows.
std::string origin_text(const Origin& origin);

/// Why a run failed: stage, place, record, cause and mend.
std::string failure_text(const Failure& failure);

/// The state of a run in one line: rows, bytes, share, rate, restarts.
std::string progress_text(const RunReport& snapshot);

}  // namespace weir
