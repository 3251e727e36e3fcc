// Random graphs and, beside each, a naive model of what its sinks are given.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"

namespace weir::testing {

/// Answers a number below `limit`: a graph is what such choices make of it.
using Choose = std::function<std::size_t(std::size_t limit)>;

class RandomGraph {
 public:
  explicit RandomGraph(Choose choose);

  const Graph& graph() const noexcept { return graph_; }
  /// What is changed must not change what comes out.
  Graph& graph() noexcept { return graph_; }

  /// Before each run.
  void forget_outputs();
  /// The name of the first sink that was given something else than the model says; nothing: none.
  std::optional<std::string> wrong_output() const;
  /// How many sinks have published, and how many have not.
  int committed() const;
  int aborted() const;

  /// Its edges, one a line.
  friend void showValue(const RandomGraph& its, std::ostream& out);

 private:
  using Values = std::vector<std::int64_t>;

  /// What goes along an edge: of each flow, in order, what each of its sequence numbers holds.
  struct Stream {
    struct Flow {
      std::size_t id;
      std::vector<Values> pieces;
    };
    std::vector<Flow> flows;

    Values values() const;
  };
  /// An output port that may be read.
  struct Output {
    StageIndex stage;
    std::string port;
    Stream stream;
    bool read = false;
  };
  struct Collecting {
    std::string name;
    CollectedPtr collected;
    Values expected;
  };

  /// Branches of one flow are merged piece by piece, flows one after another.
  static Stream merged(const std::vector<const Stream*>& streams);
  template <class Change>
  static Stream changed(Stream stream, const Change& change);

  bool one_in(std::size_t chances) { return choose_(chances) == 0; }
  std::size_t between(std::size_t least, std::size_t most) { return least + choose_(most - least + 1); }
  std::string name(const char* kind) const { return kind + std::to_string(graph_.stages.size()); }

  void add_source();
  void add_stage();
  void add_map();
  void add_filter();
  void add_sum();
  void add_sorted();
  void add_passing(StageSpec spec);
  void add_join();
  /// One or two sinks that read several outputs, and one for each output that nobody reads.
  void add_sinks();

  /// Connects a random choice of outputs, each once, with a port; what comes in there.
  Stream connect(StageIndex stage, const std::string& port);
  void add_output(StageIndex stage, Stream stream, const char* port = "out");
  /// A breaker's output is a flow of its own.
  Stream own_flow(std::vector<Values> pieces);

  const Choose choose_;
  Graph graph_;
  std::vector<Output> outputs_;
  std::vector<Collecting> sinks_;
  std::size_t flows_ = 0;
};

}  // namespace weir::testing
