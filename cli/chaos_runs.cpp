#include "cli/chaos_runs.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "cli/output_difference.hpp"
#include "cli/quantity_text.hpp"
#include "cli/random_faults.hpp"
#include "cli/redirected_output.hpp"
#include "cli/run_text.hpp"
#include "cli/scratch_folder.hpp"
#include "cli/terminal.hpp"
#include "cli/watched_run.hpp"
#include "stages/config/chaos_config.hpp"
#include "weir/pipeline.hpp"
#include "weir/run.hpp"

namespace weir {
namespace {

constexpr const char* kStandardOutput = "standard output";

// What a run gave: where its outputs are, and how it ended.
struct Outcome {
  std::string folder;
  ExitCode code = ExitCode::done;
  std::optional<Failure> failure;
};

// An argument as a shell reads it.
std::string shell_quoted(const std::string& argument) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./=,:%+-";
  if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos) return argument;
  std::string quoted = "'";
  for (const char c : argument)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// The command line for one run with this seed.
std::string repeating_command(std::span<const std::string> args, std::uint64_t seed) {
  std::string command = "weir chaos";
  for (std::size_t i = 0; i < args.size(); ++i) {
    const bool is_replaced = args[i] == "--runs" || args[i] == "--seed";
    if (is_replaced) ++i;  // its value, too
    if (is_replaced || args[i].starts_with("--runs=") || args[i].starts_with("--seed=")) continue;
    command += " " + shell_quoted(args[i]);
  }
  return command + " --runs 1 --seed " + std::to_string(seed);
}

class ChaosRuns {
 public:
  ChaosRuns(const ChaosArguments& arguments, std::span<const std::string> args, std::ostream& out,
            std::ostream& err)
      : arguments_(arguments), args_(args), out_(out), err_(err), status_(err) {}

  ExitCode run() {
    Pipeline pipeline = load("undisturbed");
    refuse_inputs_read_once(pipeline);
    std::optional<ThreadLimit> limit;
    if (pipeline.runtime.threads > 0) limit.emplace(pipeline.runtime.threads);
    const std::optional<ChaosOptions> given = std::exchange(pipeline.runtime.chaos, std::nullopt);
    tell_what_is_injected(given, pipeline.graph);
    const auto expected = outcome_of(std::move(pipeline), folder_);
    if (!expected) return stopped_;
    if (expected->failure && !arguments_.quiet)
      err_ << "weir: undisturbed, " << failure_text(*expected->failure);

    const std::uint64_t first_seed = arguments_.seed.value_or(given ? given->seed : ChaosOptions{}.seed);
    for (std::size_t i = 0; i < arguments_.runs; ++i) {
      show_progress(i);
      Pipeline disturbed = load("disturbed");
      ChaosOptions faults = given ? *given : random_faults(disturbed.graph, first_seed + i);
      faults.seed = first_seed + i;
      disturbed.runtime.chaos = faults;
      const auto got = outcome_of(std::move(disturbed), folder_);
      if (!got) return stopped_;
      if (differs(*expected, *got, faults)) return ExitCode::run_failed;
    }
    status_.clear_status();
    if (!arguments_.quiet)
      out_ << count_text(arguments_.runs)
           << " runs under faults gave what the undisturbed one gave: " << count_text(outputs_.size())
           << (outputs_.size() == 1 ? " output" : " outputs") << ", exit code "
           << static_cast<int>(expected->code) << "\n";
    return ExitCode::done;
  }

 private:
  // Loads the config with outputs into a folder of that name, which is made anew.
  Pipeline load(const std::string& name) {
    folder_ = scratch_.make(name);
    outputs_.clear();
    LoadOptions options = arguments_.load;
    options.map_output_path = [this](const std::string& stage, const std::string& path) {
      if (path == "-") return path;
      outputs_[stage] = path;
      return folder_ + "/" + stage;
    };
    Pipeline pipeline = load_pipeline(arguments_.config, options);
    outputs_[kStandardOutput] = kStandardOutput;
    if (arguments_.threads > 0) pipeline.runtime.threads = arguments_.threads;
    forget_attempts(pipeline.graph);
    return pipeline;
  }

  // Faults add to attempts and incarnations, which dead letters would tell.
  static void forget_attempts(Graph& graph) {
    for (StageSpec& stage : graph.stages) {
      if (!stage.encode_dead_letters) continue;
      stage.encode_dead_letters = [encode = stage.encode_dead_letters](std::vector<DeadLetter<Batch>>&& letters) {
        for (DeadLetter<Batch>& letter : letters) {
          letter.attempts = 0;
          letter.incarnation = 0;
        }
        return encode(std::move(letters));
      };
    }
  }

  void refuse_inputs_read_once(const Pipeline& pipeline) const {
    for (const StageSpec& stage : pipeline.graph.stages) {
      const auto* source = std::get_if<SourceSpec>(&stage.body);
      if (source == nullptr || !source->traits.blocking) continue;
      throw WrongUsage("`" + stage.name +
                       "` reads an input that can be read only once, and chaos runs a pipeline " +
                       "many times; let it read a file");
    }
  }

  void tell_what_is_injected(const std::optional<ChaosOptions>& given, const Graph& graph) {
    const bool throws = given ? given->throw_share > 0 || given->throw_at || given->finish_share > 0 : true;
    const bool is_left_alone = throws && !can_recover(graph) && (!given || given->stages.empty());
    if (is_left_alone && !arguments_.quiet)
      err_ << "weir: no stage has `retry` or `restart` in its `on_error`, so nothing is made to throw\n";
  }

  // Nothing where a signal stopped it.
  std::optional<Outcome> outcome_of(Pipeline pipeline, const std::string& folder) {
    WatchedRun watched({LogFormat::text, LogLevel::error, true}, err_);
    RunReport report;
    {
      const RedirectedOutput redirected(folder + "/" + kStandardOutput);
      report = watched.run(std::move(pipeline.graph), std::move(pipeline.runtime));
    }
    if (!report.hung.empty()) {
      watched.tell_end(report);
      leave_process(watched.exit_code(report));
    }
    if (watched.was_stopped()) {
      status_.clear_status();
      stopped_ = watched.exit_code(report);
      return std::nullopt;
    }
    return Outcome{folder, exit_code(report), report.failure};
  }

  void show_progress(std::size_t done) {
    if (arguments_.quiet || !is_terminal(err_)) return;
    status_.show_status("run " + count_text(done + 1) + " of " + count_text(arguments_.runs));
  }

  bool differs(const Outcome& expected, const Outcome& got, const ChaosOptions& faults) {
    if (expected.code != got.code) {
      tell_difference(faults, "it ended with exit code " + std::to_string(static_cast<int>(got.code)) +
                                  ", not " + std::to_string(static_cast<int>(expected.code)) +
                                  (got.failure ? ": " + failure_text(*got.failure) : "\n"));
      return true;
    }
    for (const auto& [stage, path] : outputs_) {
      const auto found = difference(expected.folder + "/" + stage, got.folder + "/" + stage);
      if (!found) continue;
      const std::string name = stage == path ? stage : "`" + stage + "` (" + path + ")";
      tell_difference(faults, name + " differs in line " + count_text(found->line) + "\n  undisturbed:  " +
                                  found->expected + "\n  under faults: " + found->got + "\n");
      return true;
    }
    return false;
  }

  void tell_difference(const ChaosOptions& faults, const std::string& what) {
    status_.clear_status();
    err_ << "weir: a run under the faults " << chaos_text(faults) << " gave something else:\n"
         << what << "  repeat it with: " << repeating_command(args_, faults.seed) << "\n";
  }

  const ChaosArguments& arguments_;
  const std::span<const std::string> args_;
  std::ostream& out_;
  std::ostream& err_;
  Console status_;
  ScratchFolder scratch_;
  std::string folder_;                          ///< of the run under way
  std::map<std::string, std::string> outputs_;  ///< by stage: where the config lets it write
  ExitCode stopped_ = ExitCode::stopped;        ///< what to answer after a signal
};

}  // namespace

ExitCode run_under_faults(const ChaosArguments& arguments, std::span<const std::string> args,
                          std::ostream& out, std::ostream& err) {
  return ChaosRuns(arguments, args, out, err).run();
}

}  // namespace weir
