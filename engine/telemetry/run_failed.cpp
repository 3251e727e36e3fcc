#include <string>

#include "weir/run_report.hpp"

namespace weir {
namespace {

std::string text_of(const RunReport& report) {
  std::string text = "the run '" + report.pipeline + "' ";
  if (!report.failure) {
    text += report.status == RunStatus::stopped ? "was stopped" : "was drained before its input had ended";
    return text;
  }
  const Failure& failure = *report.failure;
  text += "failed in stage '" + failure.stage + "' during " + failure.during + ": " + failure.error.message;
  if (failure.origin.input) {
    text += ", at " + *failure.origin.input;
    if (failure.origin.line > 0) text += ":" + std::to_string(failure.origin.line);
  }
  if (!failure.record.empty()) text += ", record " + failure.record;
  return text;
}

}  // namespace

RunFailed::RunFailed(const RunReport& report)
    : std::runtime_error(text_of(report)), status_(report.status), failure_(report.failure) {}

void RunReport::throw_if_failed() const {
  if (!succeeded()) throw RunFailed(*this);
}

}  // namespace weir
