// The ledger: every record that came in is accounted for when a run has ended.
#include <string>
#include <string_view>

#include "weir/run_report.hpp"

namespace weir {
namespace {

std::string figures(std::string_view left, std::uint64_t left_count, std::string_view right,
                    std::uint64_t right_count) {
  std::string text(left);
  text +=
      " " + std::to_string(left_count) + ", but " + std::string(right) + " " + std::to_string(right_count);
  return text;
}

}  // namespace

std::string_view to_string(RunStatus status) noexcept {
  switch (status) {
    case RunStatus::succeeded:
      return "succeeded";
    case RunStatus::failed:
      return "failed";
    case RunStatus::drained:
      return "drained";
    case RunStatus::stopped:
      break;
  }
  return "stopped";
}

std::vector<std::string> RunReport::imbalances() const {
  std::vector<std::string> all;
  if (!hung.empty()) return all;  // what is in the hands of a stage that never returned cannot be accounted for
  for (const StageReport& stage : stages) {
    const std::uint64_t accounted =
        stage.processed + stage.dead + stage.skipped + stage.dropped + stage.unneeded + stage.abandoned;
    if (stage.in + stage.made != accounted)
      all.push_back("stage '" + stage.name +
                    "': " + figures("in is", stage.in + stage.made, "accounted for are", accounted));
    if (stage.maps_records && stage.processed != stage.emitted + stage.filtered) {
      all.push_back("stage '" + stage.name + "': " +
                    figures("processed are", stage.processed, "emitted and filtered are",
                            stage.emitted + stage.filtered));
    }
    std::uint64_t received = 0;
    bool has_inputs = false;
    for (const EdgeReport& edge : edges) {
      if (edge.to != stage.name) continue;
      has_inputs = true;
      received += edge.received;
    }
    if (has_inputs && stage.in != received)
      all.push_back("stage '" + stage.name +
                    "': " + figures("in is", stage.in, "its edges brought", received));
  }
  for (const EdgeReport& edge : edges) {
    if (edge.emitted == edge.received) continue;
    all.push_back("edge " + edge.from + "." + edge.from_port + " -> " + edge.to + "." + edge.to_port + ": " +
                  figures("emitted are", edge.emitted, "received are", edge.received));
  }
  return all;
}

}  // namespace weir
