#include "cli/run_text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/input_stages.hpp"
#include "cli/quantity_text.hpp"
#include "cli/text_table.hpp"
#include "stages/records/utf8.hpp"

namespace weir {
namespace {

/// As much of a record as a message shows: a quote that is never closed makes one of the rest of a file.
constexpr std::size_t kShownRecordBytesMax = 2000;

struct Totals {
  std::uint64_t rows = 0;  ///< that the sources read
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;  ///< 0 where some source does not know
  std::uint64_t restarts = 0;
};

Totals totals_of(const RunReport& report) {
  Totals totals;
  bool all_known = true;
  for (const SourceReport& source : report.sources) {
    if (!is_input(report, source.name)) continue;
    totals.done_bytes += source.done_bytes;
    totals.total_bytes += source.total_bytes;
    all_known = all_known && source.total_bytes > 0;
  }
  if (!all_known) totals.total_bytes = 0;
  for (const StageReport& stage : report.stages) {
    totals.restarts += stage.restarts;
    if (is_input(report, stage.name)) totals.rows += stage.in;
  }
  return totals;
}

double rows_per_second(const Totals& totals, const RunReport& report) {
  return report.wall_ns == 0 ? 0
                             : static_cast<double>(totals.rows) * 1e9 / static_cast<double>(report.wall_ns);
}

std::string count_or_blank(std::uint64_t count) { return count == 0 ? "-" : count_text(count); }

std::string last_line(const RunReport& report) {
  const Totals totals = totals_of(report);
  std::string text = report.pipeline + " " + std::string(to_string(report.status)) + ": " +
                     count_text(totals.rows) + " rows";
  if (totals.done_bytes > 0) text += ", " + bytes_text(totals.done_bytes);
  text += " in " + seconds_text(report.wall_ns);
  if (totals.rows > 0) text += " (" + rate_text(rows_per_second(totals, report)) + " rows/s)";
  return text + ", " + std::to_string(report.threads) + (report.threads == 1 ? " thread\n" : " threads\n");
}

// A record's lines one below the other, and what a terminal would obey as \xNN.
std::string record_text(std::string_view record) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::size_t shown = std::min(record.size(), kShownRecordBytesMax);
  while (shown > 0 && shown < record.size() && continues_character(record[shown]))
    --shown;
  std::string text;
  for (const char c : record.substr(0, shown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      text += "\n          ";
    else if ((byte < 0x20 && c != '\t') || byte == 0x7F)
      text += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    else
      text += c;
  }
  if (shown < record.size()) text += "... (" + std::to_string(record.size()) + " bytes)";
  return text;
}

}  // namespace

std::string origin_text(const Origin& origin) {
  if (origin.input == nullptr) return {};
  const std::string name = *origin.input == "-" ? "standard input" : *origin.input;
  if (origin.line > 0) return name + ":" + std::to_string(origin.line);
  return name + " at byte " + std::to_string(origin.byte_offset);
}

std::string summary_text(const RunReport& report) {
  constexpr Align kLeft = Align::left;
  constexpr Align kRight = Align::right;
  const auto happened = [&](std::uint64_t StageReport::*count) {
    return std::any_of(report.stages.begin(), report.stages.end(),
                       [&](const StageReport& stage) { return stage.*count > 0; });
  };
  // What mostly does not happen gets its column when it has.
  const bool with_retried = happened(&StageReport::retried);
  const bool with_restarts = happened(&StageReport::restarts);
  std::vector<std::string> names = {"stage", "type", "in", "out", "filtered", "dead", "skipped"};
  if (with_retried) names.emplace_back("retried");
  if (with_restarts) names.emplace_back("restarts");
  names.emplace_back("busy");
  std::vector<Align> columns(names.size(), kRight);
  columns[0] = columns[1] = kLeft;

  TextTable table(std::move(columns));
  table.add(std::move(names));
  for (const StageReport& stage : report.stages) {
    std::vector<std::string> row = {stage.name,
                                    stage.type,
                                    count_text(stage.in),
                                    count_text(stage.emitted),
                                    count_or_blank(stage.filtered),
                                    count_or_blank(stage.dead),
                                    count_or_blank(stage.skipped)};
    if (with_retried) row.push_back(count_or_blank(stage.retried));
    if (with_restarts) row.push_back(count_or_blank(stage.restarts));
    row.push_back(seconds_text(stage.busy_ns));
    table.add(std::move(row));
  }
  return table.text() + last_line(report);
}

std::string failure_text(const Failure& failure) {
  std::string text = "the run failed in stage `" + failure.stage + "`";
  if (!failure.during.empty()) text += " (" + failure.during + ")";
  text += ": " + failure.error.message + "\n";
  if (const std::string place = origin_text(failure.origin); !place.empty())
    text += "  at:     " + place + "\n";
  if (!failure.record.empty()) text += "  record: " + record_text(failure.record) + "\n";
  if (failure.during == "threshold") {
    text += "  mend:   correct the records, or raise the `threshold` in the `on_error` of `" + failure.stage +
            "`\n";
  } else if (failure.error.error_class == ErrorClass::data) {
    text +=
        "  mend:   correct the record, or let `" + failure.stage +
        "` go on without such ones: `on_error: skip` drops them, `on_error: dead_letter` sends them to `" +
        failure.stage + ".errors`\n";
  }
  return text;
}

std::string progress_text(const RunReport& snapshot) {
  const Totals totals = totals_of(snapshot);
  std::string text = count_text(totals.rows) + " rows";
  if (totals.done_bytes > 0) text += "  " + bytes_text(totals.done_bytes);
  if (totals.total_bytes > 0)
    text += "  " + std::to_string(totals.done_bytes * 100 / totals.total_bytes) + "%";
  text += "  " + rate_text(rows_per_second(totals, snapshot)) + " rows/s";
  if (totals.restarts > 0) text += "  " + count_text(totals.restarts) + " restarts";
  return text;
}

}  // namespace weir
