// Random graphs: whatever the number of threads, the credits and the fusing, a graph gives out what a naive
// model of it gives out, in the same order, with a balanced ledger and nothing left alive.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"
#include "weir/run.hpp"

namespace weir {
namespace {

using namespace weir::testing;

using Values = std::vector<std::int64_t>;

/// What goes along an edge, for the model: of each flow, in order, what each of its sequence numbers holds.
struct Stream {
  struct Flow {
    std::size_t id;
    std::vector<Values> pieces;
  };
  std::vector<Flow> flows;

  Values values() const {
    Values all;
    for (const Flow& flow : flows) {
      for (const Values& piece : flow.pieces)
        all.insert(all.end(), piece.begin(), piece.end());
    }
    return all;
  }
};

/// Branches of one flow are merged piece by piece, flows one after another.
Stream merged(const std::vector<const Stream*>& streams) {
  Stream all;
  for (const Stream* stream : streams) {
    for (const Stream::Flow& flow : stream->flows) {
      auto known = std::ranges::find(all.flows, flow.id, &Stream::Flow::id);
      if (known == all.flows.end())
        known = all.flows.insert(known, {.id = flow.id, .pieces = std::vector<Values>(flow.pieces.size())});
      for (std::size_t i = 0; i < flow.pieces.size(); ++i)
        known->pieces[i].insert(known->pieces[i].end(), flow.pieces[i].begin(), flow.pieces[i].end());
    }
  }
  return all;
}

template <class Change>
Stream changed(Stream stream, Change change) {
  for (Stream::Flow& flow : stream.flows) {
    for (Values& piece : flow.pieces)
      change(piece);
  }
  return stream;
}

/// A graph and, beside it, what each of its outputs gives.
class RandomGraph {
 public:
  RandomGraph() {
    const int sources = *rc::gen::inRange(1, 4), stages = *rc::gen::inRange(1, 10);
    for (int i = 0; i < sources; ++i)
      add_source();
    for (int i = 0; i < stages; ++i)
      add_stage();
    add_sinks();
  }

  const Graph& graph() const { return graph_; }
  void forget_outputs() {
    for (const Sink& sink : sinks_)
      sink.collected->values.clear();
  }
  void check_outputs() const {
    for (const Sink& sink : sinks_)
      RC_ASSERT(sink.collected->values == sink.expected);
  }

  friend void showValue(const RandomGraph& its, std::ostream& out) {
    for (const Edge& edge : its.graph_.edges) {
      out << its.graph_.stages[edge.from].name << "." << edge.from_port << " -> "
          << its.graph_.stages[edge.to].name << "." << edge.to_port << "\n";
    }
  }

 private:
  /// An output port that may be read.
  struct Output {
    StageIndex stage;
    std::string port;
    Stream stream;
    bool read = false;
  };
  struct Sink {
    CollectedPtr collected;
    Values expected;
  };

  std::string name(const char* kind) { return kind + std::to_string(graph_.stages.size()); }

  void add_source() {
    const auto count = *rc::gen::inRange<std::int64_t>(0, 60);
    const auto rows = *rc::gen::inRange<std::size_t>(1, 7);
    const bool threaded = *rc::gen::inRange(0, 4) == 0;
    Stream::Flow flow{.id = flows_++, .pieces = {}};
    for (std::int64_t at = 0; at < count; ++at) {
      if (at % static_cast<std::int64_t>(rows) == 0) flow.pieces.emplace_back();
      flow.pieces.back().push_back(at);
    }
    const auto stage = graph_.add(threaded ? count_up_threaded(name("source"), count, rows)
                                           : count_up(name("source"), count, rows));
    outputs_.push_back({.stage = stage, .port = "out", .stream = {{std::move(flow)}}});
  }

  /// Connects a random choice of outputs, each once, with a port; what comes in there.
  Stream connect(StageIndex stage, const std::string& port) {
    std::set<std::size_t> chosen;
    std::vector<const Stream*> streams;
    const int edges = *rc::gen::inRange(1, 4);
    for (int i = 0; i < edges; ++i) {
      // The last outputs are the likelier ones, so that graphs become deep.
      const auto back = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(outputs_.size(), 5));
      const std::size_t index = outputs_.size() - 1 - back;
      if (!chosen.insert(index).second) continue;
      Output& output = outputs_[index];
      output.read = true;
      graph_.connect({.from = output.stage, .from_port = output.port, .to = stage, .to_port = port});
      streams.push_back(&output.stream);
    }
    return merged(streams);
  }

  void add_output(StageIndex stage, Stream stream, const char* port = "out") {
    outputs_.push_back({.stage = stage, .port = port, .stream = std::move(stream)});
  }
  /// A breaker's output is a flow of its own.
  Stream own_flow(std::vector<Values> pieces) { return {{{.id = flows_++, .pieces = std::move(pieces)}}}; }

  void add_stage() {
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        return add_map();
      case 1:
        return add_filter();
      case 2:
        return add_sum();
      case 3:
        return add_sorted();
      case 4:
        return add_passing(scripted(name("serial"), TransformScript{}, {.concurrency = Concurrency::serial}));
      case 5:
        return add_passing(jitter(name("jitter"), graph_.stages.size()));
      default:
        return add_join();
    }
  }

  void add_map() {
    StageSpec spec = map(name("map"), [](auto x) { return 3 * x + 1; });
    spec.workers = *rc::gen::inRange<std::size_t>(0, 3);
    const auto stage = graph_.add(std::move(spec));
    add_output(stage, changed(connect(stage, "in"), [](Values& piece) {
                 for (std::int64_t& value : piece)
                   value = 3 * value + 1;
               }));
  }

  void add_filter() {
    const auto keep = [](std::int64_t x) { return x % 3 != 0; };
    const auto stage = graph_.add(filter(name("filter"), keep));
    const Stream in = connect(stage, "in");
    add_output(stage,
               changed(in, [&](Values& piece) { std::erase_if(piece, [&](auto x) { return !keep(x); }); }));
    add_output(stage, changed(in, [&](Values& piece) { std::erase_if(piece, keep); }), "rest");
  }

  void add_sum() {
    const auto stage = graph_.add(sum(name("sum")));
    std::int64_t total = 0;
    for (const std::int64_t value : connect(stage, "in").values())
      total += value;
    add_output(stage, own_flow({{total % 1'000}}));
    // Sums of sums would overflow: the stage behind keeps them small.
    Output whole = outputs_.back();
    outputs_.pop_back();
    const auto small = graph_.add(map(name("small"), [](auto x) { return x % 1'000; }));
    graph_.connect(stage, small);
    add_output(small, std::move(whole.stream));
  }

  void add_sorted() {
    const auto rows = *rc::gen::inRange<std::size_t>(1, 4);
    const auto stage = graph_.add(sorted(name("sorted"), rows));
    Values all = connect(stage, "in").values();
    std::ranges::sort(all);
    std::vector<Values> pieces(1);
    for (const std::int64_t value : all) {
      if (pieces.back().size() == rows) pieces.emplace_back();
      pieces.back().push_back(value);
    }
    add_output(stage, own_flow(std::move(pieces)));
  }

  void add_passing(StageSpec spec) {
    const auto stage = graph_.add(std::move(spec));
    add_output(stage, connect(stage, "in"));
  }

  void add_join() {
    StageSpec spec = keep_known(name("join"));
    if (*rc::gen::inRange(0, 3) == 0)
      std::get<TransformSpec>(spec.body).traits.concurrency = Concurrency::serial;
    const auto stage = graph_.add(std::move(spec));
    const Stream left = connect(stage, "left");
    const Values right = connect(stage, "right").values();
    const std::set<std::int64_t> known(right.begin(), right.end());
    add_output(stage, changed(left, [&](Values& piece) {
                 std::erase_if(piece, [&](auto x) { return !known.contains(x); });
               }));
  }

  /// One or two sinks that read several outputs, and one for each output that nobody reads.
  void add_sinks() {
    const int sinks = *rc::gen::inRange(1, 3);
    for (int i = 0; i < sinks; ++i) {
      const auto collected = std::make_shared<Collected>();
      const auto stage =
          graph_.add(collect(name("sink"), collected, {.blocking = *rc::gen::arbitrary<bool>()}));
      sinks_.push_back({collected, connect(stage, "in").values()});
    }
    for (const Output& output : outputs_) {
      if (output.read) continue;
      const auto collected = std::make_shared<Collected>();
      const auto stage = graph_.add(collect(name("rest"), collected));
      graph_.connect({.from = output.stage, .from_port = output.port, .to = stage});
      sinks_.push_back({collected, output.stream.values()});
    }
  }

  Graph graph_;
  std::vector<Output> outputs_;
  std::vector<Sink> sinks_;
  std::size_t flows_ = 0;
};

RC_GTEST_PROP(RandomGraph, GivesWhatItsModelGivesWhateverTheScheduling, ()) {
  RandomGraph random;
  RC_LOG(rc::toString(random));
  RC_ASSERT(random.graph().validate().empty());
  const ThreadLimit limit(8);
  const RunOptions all_options[] = {
      {.threads = 1},
      {.threads = 2, .credit_tokens = 1},
      {.threads = 8, .credit_tokens = *rc::gen::inRange<std::size_t>(1, 20), .fuse = false},
      {.threads = 8, .credit_bytes = *rc::gen::inRange<std::size_t>(1, 400)},
  };
  for (const RunOptions& options : all_options) {
    random.forget_outputs();
    const RunReport report = run(random.graph(), options);
    RC_LOG("threads " + std::to_string(options.threads) + ", credits " +
           std::to_string(options.credit_tokens));
    if (report.failure) RC_FAIL(report.failure->stage + ": " + report.failure->error.message);
    RC_ASSERT(report.succeeded());
    RC_ASSERT(report.imbalances() == std::vector<std::string>());
    RC_ASSERT(Numbers::alive.load() == 0);
    random.check_outputs();
  }
}

}  // namespace
}  // namespace weir
