// A pipeline as plain data: stages, ports, and the edges between them.
//
// A graph has no threads and does nothing. It is built by one thread, validated, and then handed to `run`,
// which only reads it. Both front doors (typed flows and configs) lower to it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "weir/dead_letter.hpp"
#include "weir/error_policy.hpp"
#include "weir/fused_loop.hpp"
#include "weir/payload.hpp"
#include "weir/restart_policy.hpp"
#include "weir/sink.hpp"
#include "weir/source.hpp"
#include "weir/stage_limits.hpp"
#include "weir/transform.hpp"

namespace weir {

using StageIndex = std::size_t;

/// An input of a stage. A *retained* port is consumed to its end, then `end_of_input` is called, and only
/// then the other ports get their first batch: a join's build side.
struct InputPort {
  std::string name = "in";
  PayloadType type = {};
  bool retained = false;
};

/// An output of a stage.
struct OutputPort {
  std::string name = "out";
  PayloadType type = {};
  bool optional = false;  ///< may be left unconnected; what is emitted there is then counted as filtered
};

/// Factories make a stage's incarnations: the first at start, others on restart. Called by the engine, on any
/// thread.
struct SourceSpec {
  std::function<std::unique_ptr<Source>()> make = {};
  SourceTraits traits = {};
};
/// The same of a transform.
struct TransformSpec {
  std::function<std::unique_ptr<Transform>()> make = {};
  TransformTraits traits = {};
  std::shared_ptr<const FusedLoop> loop =
      {};  ///< of this stage and some after it; null: none. Shared by runs
};
/// The same of a sink.
struct SinkSpec {
  std::function<std::unique_ptr<Sink>()> make = {};
  SinkTraits traits = {};
};

inline constexpr std::string_view kErrorsPort = "errors";

/// A stage of a graph. `errors` exists at every stage beside its `outputs`; it carries `errors_type`.
struct StageSpec {
  std::string name = {};
  std::string type = {};  ///< what a config calls it; for reports
  std::variant<SourceSpec, TransformSpec, SinkSpec> body = {};
  std::vector<InputPort> inputs = {};
  std::vector<OutputPort> outputs = {};
  ErrorPolicy on_error = {};
  PayloadType errors_type = {};
  DeadLetterEncoder encode_dead_letters = {};  ///< required where `errors` is connected
  RestartType restart = RestartType::transient;
  std::string group = {};   ///< of Graph::groups; empty: the topmost
  std::size_t workers = 0;  ///< at most so many calls at once; 0: as many as there are threads
  /// Of a stateless transform that waits for something outside: it is called on so many threads of its own.
  std::size_t io_threads = 0;
  CallTimeout timeout = {};
  RateLimit rate = {};  ///< of transforms and sinks
  std::optional<CircuitBreakerLimits> circuit_breaker = {};

  bool is_source() const noexcept { return std::holds_alternative<SourceSpec>(body); }
  bool is_transform() const noexcept { return std::holds_alternative<TransformSpec>(body); }
  bool is_sink() const noexcept { return std::holds_alternative<SinkSpec>(body); }
};

/// From an output port of one stage to an input port of another. Several edges from one port: fan-out, each
/// successor sees everything. Several edges into one port: fan-in, merged in the order of the edges.
struct Edge {
  StageIndex from = 0;
  std::string from_port = "out";
  StageIndex to = 0;
  std::string to_port = "in";
};

/// Something wrong with a graph: where, and what to do about it.
struct GraphProblem {
  std::string stage;
  std::string message;
};

/// Stages and edges, and who supervises them; see above.
struct Graph {
  std::string name = "pipeline";
  std::vector<StageSpec> stages;
  std::vector<Edge> edges;
  RestartPolicy supervisor = {};              ///< of the topmost group
  std::vector<SupervisionGroup> groups = {};  ///< below it

  /// Adds a stage, and answers its place in `stages`.
  StageIndex add(StageSpec stage);
  /// Connects main output to main input.
  void connect(StageIndex from, StageIndex to);
  /// Connects the ports that the edge names.
  void connect(Edge edge);

  /// All problems at once: cycles, unconnected ports, payload types that do not fit, names given twice,
  /// `dead_letter` with `errors` connected nowhere, groups that do not exist. Empty when the graph can run.
  std::vector<GraphProblem> validate() const;
};

}  // namespace weir
