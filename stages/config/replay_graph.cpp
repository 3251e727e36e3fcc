#include "stages/config/replay_graph.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "stages/config/refused_records.hpp"
#include "stages/sources/memory_source.hpp"
#include "weir/record_batch.hpp"

namespace weir {
namespace {

// An input port of a stage; for a reader, the stage itself.
struct Entrance {
  StageIndex stage = 0;
  std::string port;  ///< empty: a reader
  friend auto operator<=>(const Entrance&, const Entrance&) = default;
};

class ReplayBuilder {
 public:
  ReplayBuilder(Graph graph, const std::vector<StageConfig>& stages, const Planner& planner)
      : graph_(std::move(graph)), stages_(stages), planner_(planner) {}

  Graph build(const std::vector<RefusedRecord>& records, Problems& problems) {
    for (const RefusedRecord& record : records)
      admit(record);
    if (problems_.empty()) find_flow();
    if (problems_.empty()) feed_entrances();
    problems_.tell(problems);
    return problems_.empty() ? pruned() : Graph{};
  }

 private:
  void admit(const RefusedRecord& record) {
    const auto found = std::find_if(stages_.begin(), stages_.end(),
                                    [&](const StageConfig& stage) { return stage.name == record.stage; });
    if (found == stages_.end()) {
      std::vector<std::string> names;
      for (const StageConfig& stage : stages_)
        names.push_back(stage.name);
      problems_.add(record, "the config has no stage `" + record.stage + "`, which refused this record",
                    suggest_name(record.stage, names));
      return;
    }
    const auto stage = static_cast<StageIndex>(found - stages_.begin());
    if (const auto port = port_of(record, graph_.stages[stage])) refused_[{stage, *port}].push_back(record);
  }

  std::optional<std::string> port_of(const RefusedRecord& record, const StageSpec& stage) {
    if (stage.inputs.empty()) return std::string();
    std::vector<std::string> names;
    for (const InputPort& port : stage.inputs)
      names.push_back(port.name);
    if (record.port.empty() && names.size() > 1) {
      problems_.add(
          record,
          "`" + stage.name + "` has several inputs, and the letter does not say by which its record came",
          "\"port\": " + suggest_name({}, names));
      return std::nullopt;
    }
    const std::string name = record.port.empty() ? names.front() : record.port;
    const auto port = std::find_if(stage.inputs.begin(), stage.inputs.end(),
                                   [&](const InputPort& each) { return each.name == name; });
    if (port == stage.inputs.end()) {
      problems_.add(record, "`" + stage.name + "` has no input `" + name + "`", suggest_name(name, names));
      return std::nullopt;
    }
    if (!port->retained) return name;
    refuse_lookup(record, stage.name, name);
    return std::nullopt;
  }

  // What is looked up in belongs to every record of the other input, and those have gone.
  void refuse_lookup(const RefusedRecord& record, const std::string& stage, const std::string& port) {
    problems_.add(record,
                  "this record takes part in what `" + stage + "` looks up in (`" + port +
                      "`): all that was looked up would have to be again",
                  "run the pipeline again");
  }

  bool is_retained(const Edge& edge) const {
    const auto& inputs = graph_.stages[edge.to].inputs;
    return std::any_of(inputs.begin(), inputs.end(),
                       [&](const InputPort& port) { return port.name == edge.to_port && port.retained; });
  }

  // Marks the stages by which the records go, and those that fill what they are looked up in.
  void find_flow() {
    in_flow_.assign(graph_.stages.size(), false);
    fills_lookup_.assign(graph_.stages.size(), false);
    for (const auto& [entrance, records] : refused_)
      mark_downstream(entrance.stage, records.front());
    for (const Edge& edge : graph_.edges) {
      if (in_flow_[edge.to] && is_retained(edge)) mark_upstream(edge.from);
    }
  }

  void mark_downstream(StageIndex stage, const RefusedRecord& cause) {
    if (in_flow_[stage]) return;
    in_flow_[stage] = true;
    for (const Edge& edge : graph_.edges) {
      if (edge.from != stage) continue;
      if (is_retained(edge)) {
        refuse_lookup(cause, graph_.stages[edge.to].name, edge.to_port);
      } else {
        mark_downstream(edge.to, cause);
      }
    }
  }

  void mark_upstream(StageIndex stage) {
    if (fills_lookup_[stage]) return;
    fills_lookup_[stage] = true;
    for (const Edge& edge : graph_.edges) {
      if (edge.to == stage) mark_upstream(edge.from);
    }
  }

  void feed_entrances() {
    for (const auto& [entrance, records] : refused_) {
      if (entrance.port.empty()) {
        feed_reader(entrance.stage, records);
      } else {
        feed_input(entrance, records);
      }
    }
  }

  void feed_reader(StageIndex stage, const std::vector<RefusedRecord>& records) {
    std::vector<RawRecord> raw;
    for (const RefusedRecord& record : records)
      raw.push_back({record.text, record.origin});
    auto spec = planner_.plan_of(stage).make_for(raw);
    if (spec) {
      graph_.stages[stage].body = std::move(spec->body);
    } else {
      problems_.add(records.front(),
                    "`" + stages_[stage].description->type +
                        "` cannot read again what it refused: it does not know it by its text");
    }
  }

  void feed_input(const Entrance& entrance, const std::vector<RefusedRecord>& records) {
    const StageConfig& stage = stages_[entrance.stage];
    const auto& ports = stage.description->inputs;
    const auto port =
        static_cast<std::size_t>(std::find_if(ports.begin(), ports.end(),
                                              [&](const auto& each) { return each.name == entrance.port; }) -
                                 ports.begin());
    const RefusingInput input{stage.name, planner_.inputs_of(entrance.stage)[port],
                              planner_.input_needs_of(entrance.stage)[port],
                              planner_.outputs_of(entrance.stage)};
    feed(entrance.stage, entrance.port, batches_of(records, input, problems_));
  }

  void feed(StageIndex stage, const std::string& port, std::vector<Work> batches) {
    StageSpec source;
    // No config can name a stage so, so that the name is free.
    source.name = "letters > " + graph_.stages[stage].name + (port == "in" ? "" : "." + port);
    source.type = "replay";
    source.outputs = {{"out", record_payload_type()}};
    source.errors_type = record_payload_type();
    auto shared = std::make_shared<const std::vector<Work>>(std::move(batches));
    source.body =
        SourceSpec{[shared = std::move(shared)] { return std::make_unique<MemorySource>(shared); }, {}};
    const StageIndex index = graph_.add(std::move(source));
    in_flow_.push_back(true);
    fills_lookup_.push_back(false);
    graph_.connect({index, "out", stage, port});
  }

  bool is_kept(const Edge& edge) const {
    if (fills_lookup_[edge.to]) return true;
    if (!in_flow_[edge.to]) return false;
    return is_retained(edge) || in_flow_[edge.from];
  }

  // The stages and edges that take part.
  Graph pruned() {
    feed_inputs_that_would_be_empty();
    Graph kept;
    kept.name = graph_.name;
    kept.supervisor = graph_.supervisor;
    kept.groups = graph_.groups;
    std::vector<Edge> edges;
    std::copy_if(graph_.edges.begin(), graph_.edges.end(), std::back_inserter(edges),
                 [&](const Edge& edge) { return is_kept(edge); });
    std::vector<StageIndex> index(graph_.stages.size(), 0);
    for (StageIndex stage = 0; stage < graph_.stages.size(); ++stage) {
      if (!in_flow_[stage] && !fills_lookup_[stage]) continue;
      if (fills_lookup_[stage]) give_out_to_lookups_only(graph_.stages[stage]);
      index[stage] = kept.add(std::move(graph_.stages[stage]));
    }
    for (const Edge& edge : edges)
      kept.connect({index[edge.from], edge.from_port, index[edge.to], edge.to_port});
    return kept;
  }

  // A streamed input beside the one by which the records come gets none.
  void feed_inputs_that_would_be_empty() {
    const std::size_t count = graph_.stages.size();
    for (StageIndex stage = 0; stage < count; ++stage) {
      if (!in_flow_[stage]) continue;
      const std::vector<InputPort> inputs = graph_.stages[stage].inputs;
      for (const InputPort& port : inputs) {
        const bool is_fed = std::any_of(graph_.edges.begin(), graph_.edges.end(), [&](const Edge& edge) {
          return edge.to == stage && edge.to_port == port.name && is_kept(edge);
        });
        if (!is_fed) feed(stage, port.name, {});
      }
    }
  }

  // Its other readers are left out, and what it refuses was told when the pipeline ran.
  static void give_out_to_lookups_only(StageSpec& stage) {
    for (OutputPort& port : stage.outputs)
      port.optional = true;
    for (ErrorChain& chain : stage.on_error.by_class) {
      if (chain.last == FailureAction::dead_letter) chain.last = FailureAction::skip;
    }
  }

  Graph graph_;
  const std::vector<StageConfig>& stages_;
  const Planner& planner_;
  LetterProblems problems_;
  std::map<Entrance, std::vector<RefusedRecord>> refused_;
  std::vector<bool> in_flow_;       ///< by stage
  std::vector<bool> fills_lookup_;  ///< by stage
};

}  // namespace

Graph replay_graph(Graph graph, const std::vector<StageConfig>& stages, const Planner& planner,
                   const std::vector<RefusedRecord>& records, Problems& problems) {
  return ReplayBuilder(std::move(graph), stages, planner).build(records, problems);
}

}  // namespace weir
