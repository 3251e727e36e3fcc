#include "cli/run_pipeline.hpp"

#include <optional>
#include <utility>

#include "cli/report_file.hpp"
#include "cli/report_json.hpp"
#include "cli/watched_run.hpp"
#include "weir/pipeline.hpp"
#include "weir/run.hpp"

namespace weir {

ExitCode run_pipeline(const RunArguments& arguments, std::ostream& out, std::ostream& err) {
  return run_loaded(load_pipeline(arguments.config, arguments.load), arguments, out, err);
}

ExitCode run_loaded(Pipeline pipeline, const RunArguments& arguments, std::ostream& out, std::ostream& err) {
  if (arguments.threads > 0) pipeline.runtime.threads = arguments.threads;
  if (arguments.deadline > Duration::zero()) pipeline.runtime.deadline = arguments.deadline;
  std::optional<ThreadLimit> limit;
  if (pipeline.runtime.threads > 0) limit.emplace(pipeline.runtime.threads);
  ReportFile report_file(arguments.report, out);

  WatchedRun watched({arguments.log_format, arguments.log_level, arguments.quiet}, err);
  const RunReport report = watched.run(std::move(pipeline.graph), std::move(pipeline.runtime));
  watched.tell_end(report);
  if (report_file.wanted()) report_file.publish(report_json(report));
  const ExitCode code = watched.exit_code(report);
  if (!report.hung.empty()) leave_process(code);
  return code;
}

}  // namespace weir
