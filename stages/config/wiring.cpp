#include "stages/config/wiring.hpp"

#include <algorithm>

#include "weir/graph.hpp"

namespace weir {
namespace {

class Wirer {
 public:
  Wirer(const std::vector<StageConfig>& stages, Problems& problems) : stages_(stages), problems_(problems) {}

  Wiring wire() {
    for (std::size_t to = 0; to < stages_.size(); ++to)
      connect_inputs(to);
    put_in_order();
    find_readers_of_errors();
    return std::move(wiring_);
  }
  /// Whether every stage is known, and so is all that it reads: only then can outputs be said to be unread.
  bool complete() const noexcept { return complete_; }

 private:
  void connect_inputs(std::size_t to) {
    const StageConfig& stage = stages_[to];
    if (stage.description == nullptr) {
      complete_ = false;
      return;
    }
    complete_ = complete_ && stage.from_is_known;
    if (stage.description->is_source()) return;
    if (!stage.from_is_written) {
      connect_above(to);
      return;
    }

    for (const InputConfig& input : stage.inputs) {
      for (const Reference& reference : input.references)
        connect(reference, to, input.port);
    }
  }

  void connect_above(std::size_t to) {
    const StageConfig& stage = stages_[to];
    const auto& ports = stage.description->inputs;
    const auto required =
        std::count_if(ports.begin(), ports.end(), [](const auto& port) { return !port.optional; });
    if (required > 1) {
      std::string mend = "from: {";
      for (const PortDescription& port : ports)
        mend += (mend.back() == '{' ? "" : ", ") + port.name + ": ...";
      refuse_implicit(stage, "`" + stage.description->type + "` has several inputs and needs a `from`",
                      mend + "}");
    } else if (to == 0) {
      refuse_implicit(stage, "no stage stands above this one to read from",
                      "begin with a source, or write `from`");
    } else if (const StageConfig& above = stages_[to - 1]; above.description == nullptr) {
      complete_ = false;
    } else if (above.description->is_sink()) {
      refuse_implicit(stage, "this stage needs a `from`: the one above it, `" + above.name + "`, is a sink",
                      "from: NAME of the stage to read");
    } else if (!above.has_main_output) {
      refuse_implicit(stage,
                      "this stage needs a `from`: the one above it, `" + above.name + "`, has no main output",
                      "from: " + output_names(above).front());
    } else {
      add({to - 1, 0, to, 0, {above.name, {}, stage.where, stage.name, stage.name.size()}});
    }
  }

  void refuse_implicit(const StageConfig& stage, std::string message, std::string mend) {
    complete_ = false;
    problems_.add({stage.where, stage.name, std::move(message), std::move(mend), stage.name.size()});
  }

  void connect(const Reference& reference, std::size_t to, std::size_t to_port) {
    const auto found = std::find_if(stages_.begin(), stages_.end(),
                                    [&](const StageConfig& stage) { return stage.name == reference.stage; });
    if (found == stages_.end()) {
      std::vector<std::string> names;
      for (const StageConfig& stage : stages_)
        names.push_back(stage.name);
      refuse(reference, "there is no stage `" + reference.stage + "`", suggest_name(reference.stage, names));
      return;
    }
    const auto from = static_cast<std::size_t>(found - stages_.begin());
    if (reference.port == kErrorsPort) {
      add({from, kErrorsOutput, to, to_port, reference});
    } else if (found->description == nullptr) {
      complete_ = false;
    } else {
      connect_output(reference, from, to, to_port);
    }
  }

  void connect_output(const Reference& reference, std::size_t from, std::size_t to, std::size_t to_port) {
    const StageConfig& stage = stages_[from];
    const auto& outputs = stage.outputs;
    if (reference.port.empty()) {
      if (!stage.has_main_output) {
        refuse(reference, "`" + reference.stage + "` has no main output",
               suggest_name({}, output_names(stage)));
      } else if (!outputs.empty()) {
        add({from, 0, to, to_port, reference});
      } else {
        refuse(reference, "`" + reference.stage + "` is a sink: it gives out nothing to read", {});
      }
      return;
    }
    for (std::size_t port = 0; port < outputs.size(); ++port) {
      if (outputs[port].name == reference.port) {
        add({from, port, to, to_port, reference});
        return;
      }
    }
    refuse(reference, "`" + reference.stage + "` has no output `" + reference.port + "`",
           suggest_name(reference.stage + "." + reference.port, output_names(stage)));
  }

  // "late.out", "late.rest", "late.errors".
  static std::vector<std::string> output_names(const StageConfig& stage) {
    std::vector<std::string> names;
    for (const PortDescription& output : stage.outputs)
      names.push_back(stage.name + "." + output.name);
    names.push_back(stage.name + "." + std::string(kErrorsPort));
    return names;
  }

  void refuse(const Reference& reference, std::string message, std::string mend) {
    complete_ = false;
    problems_.add({reference.where, reference.field, std::move(message), std::move(mend), reference.length});
  }

  void add(Wire wire) { wiring_.wires.push_back(std::move(wire)); }

  // Kahn's algorithm, which takes the earliest stage that is ready: the order of the config where that will
  // do.
  void put_in_order() {
    std::vector<std::size_t> waits_for(stages_.size(), 0);
    for (const Wire& wire : wiring_.wires)
      ++waits_for[wire.to];
    std::vector<bool> done(stages_.size(), false);
    for (bool found = true; found;) {
      found = false;
      for (std::size_t stage = 0; stage < stages_.size(); ++stage) {
        if (done[stage] || waits_for[stage] > 0) continue;
        done[stage] = found = true;
        wiring_.order.push_back(stage);
        for (const Wire& wire : wiring_.wires) {
          if (wire.from == stage) --waits_for[wire.to];
        }
      }
    }
    if (wiring_.order.size() < stages_.size()) report_cycle(done);
  }

  // Among the stages that never became ready each reads from another of them, so that walking upstream comes
  // round.
  void report_cycle(const std::vector<bool>& done) {
    complete_ = false;
    const auto upstream = [&](std::size_t stage) {
      return *std::find_if(wiring_.wires.begin(), wiring_.wires.end(),
                           [&](const Wire& wire) { return wire.to == stage && !done[wire.from]; });
    };
    std::vector<std::size_t> walked;
    auto stage = static_cast<std::size_t>(std::find(done.begin(), done.end(), false) - done.begin());
    while (std::find(walked.begin(), walked.end(), stage) == walked.end()) {
      walked.push_back(stage);
      stage = upstream(stage).from;
    }
    walked.erase(walked.begin(), std::find(walked.begin(), walked.end(), stage));
    const std::size_t first = *std::min_element(walked.begin(), walked.end());
    std::string path = stages_[first].name;
    for (std::size_t at = upstream(first).from; at != first; at = upstream(at).from) {
      path.insert(0, stages_[at].name + " -> ");
    }
    const Reference reference = upstream(first).reference;
    problems_.add({reference.where, reference.field,
                   "`" + stages_[first].name + "` reads from itself: " + stages_[first].name + " -> " + path,
                   "a pipeline runs from sources to sinks: let one of them read from elsewhere",
                   reference.length});
  }

  void find_readers_of_errors() {
    wiring_.reads_errors.assign(stages_.size(), false);
    for (const std::size_t stage : wiring_.order) {
      bool any = false;
      bool all = true;
      for (const Wire& wire : wiring_.wires) {
        if (wire.to != stage) continue;
        any = true;
        all = all && (wire.from_port == kErrorsOutput || wiring_.reads_errors[wire.from]);
      }
      wiring_.reads_errors[stage] = any && all;
    }
  }

  const std::vector<StageConfig>& stages_;
  Problems& problems_;
  Wiring wiring_;
  bool complete_ = true;
};

bool is_read(const Wiring& wiring, std::size_t stage, std::size_t port) {
  return std::any_of(wiring.wires.begin(), wiring.wires.end(),
                     [&](const Wire& wire) { return wire.from == stage && wire.from_port == port; });
}

void report_unread_outputs(const std::vector<StageConfig>& stages, const Wiring& wiring, Problems& problems) {
  for (std::size_t stage = 0; stage < stages.size(); ++stage) {
    const auto& outputs = stages[stage].outputs;
    for (std::size_t port = 0; port < outputs.size(); ++port) {
      if (outputs[port].optional || is_read(wiring, stage, port)) continue;
      const std::string name = output_name(stages[stage], port);
      problems.add({stages[stage].where, stages[stage].name, "nobody reads what `" + name + "` gives out",
                    "read it, for example: - {type: print, from: " + name + "}", stages[stage].name.size()});
    }
  }
}

void report_errors_ports(const std::vector<StageConfig>& stages, const Wiring& wiring, Problems& problems) {
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const StageConfig& stage = stages[i];
    const bool may_send =
        stage.on_error.may(FailureAction::dead_letter) && (stage.on_error_is_own || !wiring.reads_errors[i]);
    if (!may_send || is_read(wiring, i, kErrorsOutput)) continue;
    const Location& where = stage.on_error_is_own ? stage.on_error_where : stage.where;
    problems.add({where, stage.name + ".on_error", "nobody reads the dead letters of `" + stage.name + "`",
                  "read them, for example: - {type: write_ndjson, from: " +
                      output_name(stage, kErrorsOutput) + ", path: out/" + stage.name + "_errors.ndjson}"});
  }
  for (const Wire& wire : wiring.wires) {
    const StageConfig& from = stages[wire.from];
    if (wire.from_port != kErrorsOutput || from.on_error.may(FailureAction::dead_letter)) continue;
    problems.add({wire.reference.where, wire.reference.field,
                  "`" + from.name + "` sends no dead letters to read",
                  "give `" + from.name + "` the policy `on_error: dead_letter`", wire.reference.length});
  }
}

}  // namespace

std::string output_name(const StageConfig& stage, std::size_t port) {
  if (port == kErrorsOutput) return stage.name + "." + std::string(kErrorsPort);
  if (port == 0 && stage.has_main_output) return stage.name;
  return stage.name + "." + stage.outputs[port].name;
}

Wiring wire(const std::vector<StageConfig>& stages, Problems& problems) {
  Wirer wirer(stages, problems);
  Wiring wiring = wirer.wire();
  if (wirer.complete()) {
    report_unread_outputs(stages, wiring, problems);
    report_errors_ports(stages, wiring, problems);
  }
  return wiring;
}

void settle_default_policies(std::vector<StageConfig>& stages, const Wiring& wiring) {
  for (std::size_t i = 0; i < stages.size(); ++i) {
    if (stages[i].on_error_is_own || !wiring.reads_errors[i]) continue;
    for (ErrorChain& chain : stages[i].on_error.by_class) {
      if (chain.last == FailureAction::dead_letter) chain.last = FailureAction::fail;
    }
  }
}

}  // namespace weir
