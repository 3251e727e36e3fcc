#include "tests/engine/testing/random_graph.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <set>
#include <utility>

#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"

namespace weir::testing {

RandomGraph::RandomGraph(Choose choose) : choose_(std::move(choose)) {
  const std::size_t sources = between(1, 3), stages = between(1, 9);
  for (std::size_t i = 0; i < sources; ++i)
    add_source();
  for (std::size_t i = 0; i < stages; ++i)
    add_stage();
  add_sinks();
}

void RandomGraph::forget_outputs() {
  for (const Collecting& sink : sinks_) {
    sink.collected->values.clear();
    sink.collected->prepared = sink.collected->committed = sink.collected->aborted = 0;
  }
}

std::optional<std::string> RandomGraph::wrong_output() const {
  for (const Collecting& sink : sinks_) {
    if (sink.collected->values != sink.expected) return sink.name;
  }
  return std::nullopt;
}

int RandomGraph::committed() const {
  int committed = 0;
  for (const Collecting& sink : sinks_)
    committed += sink.collected->committed;
  return committed;
}

int RandomGraph::aborted() const {
  int aborted = 0;
  for (const Collecting& sink : sinks_)
    aborted += sink.collected->aborted;
  return aborted;
}

void showValue(const RandomGraph& its, std::ostream& out) {
  for (const Edge& edge : its.graph_.edges) {
    out << its.graph_.stages[edge.from].name << "." << edge.from_port << " -> "
        << its.graph_.stages[edge.to].name << "." << edge.to_port << "\n";
  }
}

// --- The model ---

RandomGraph::Values RandomGraph::Stream::values() const {
  Values all;
  for (const Flow& flow : flows) {
    for (const Values& piece : flow.pieces)
      all.insert(all.end(), piece.begin(), piece.end());
  }
  return all;
}

RandomGraph::Stream RandomGraph::merged(const std::vector<const Stream*>& streams) {
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
RandomGraph::Stream RandomGraph::changed(Stream stream, const Change& change) {
  for (Stream::Flow& flow : stream.flows) {
    for (Values& piece : flow.pieces)
      change(piece);
  }
  return stream;
}

RandomGraph::Stream RandomGraph::own_flow(std::vector<Values> pieces) {
  return {{{.id = flows_++, .pieces = std::move(pieces)}}};
}

// --- Stages ---

void RandomGraph::add_source() {
  const auto count = static_cast<std::int64_t>(choose_(60));
  const std::size_t rows = between(1, 6);
  const bool threaded = one_in(4);
  Stream::Flow flow{.id = flows_++, .pieces = {}};
  for (std::int64_t at = 0; at < count; ++at) {
    if (at % static_cast<std::int64_t>(rows) == 0) flow.pieces.emplace_back();
    flow.pieces.back().push_back(at);
  }
  const auto stage = graph_.add(threaded ? count_up_threaded(name("source"), count, rows)
                                         : count_up(name("source"), count, rows));
  add_output(stage, {{std::move(flow)}});
}

RandomGraph::Stream RandomGraph::connect(StageIndex stage, const std::string& port) {
  std::set<std::size_t> chosen;
  std::vector<const Stream*> streams;
  const std::size_t edges = between(1, 3);
  for (std::size_t i = 0; i < edges; ++i) {
    // The last outputs are the likelier ones, so that graphs become deep.
    const std::size_t index = outputs_.size() - 1 - choose_(std::min<std::size_t>(outputs_.size(), 5));
    if (!chosen.insert(index).second) continue;
    Output& output = outputs_[index];
    output.read = true;
    graph_.connect({.from = output.stage, .from_port = output.port, .to = stage, .to_port = port});
    streams.push_back(&output.stream);
  }
  return merged(streams);
}

void RandomGraph::add_output(StageIndex stage, Stream stream, const char* port) {
  outputs_.push_back({.stage = stage, .port = port, .stream = std::move(stream)});
}

void RandomGraph::add_stage() {
  switch (choose_(8)) {
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

void RandomGraph::add_map() {
  StageSpec spec = map(name("map"), [](auto x) { return 3 * x + 1; });
  spec.workers = choose_(3);
  const auto stage = graph_.add(std::move(spec));
  add_output(stage, changed(connect(stage, "in"), [](Values& piece) {
               for (std::int64_t& value : piece)
                 value = 3 * value + 1;
             }));
}

void RandomGraph::add_filter() {
  const auto keep = [](std::int64_t x) { return x % 3 != 0; };
  const auto stage = graph_.add(filter(name("filter"), keep));
  const Stream in = connect(stage, "in");
  add_output(stage,
             changed(in, [&](Values& piece) { std::erase_if(piece, [&](auto x) { return !keep(x); }); }));
  add_output(stage, changed(in, [&](Values& piece) { std::erase_if(piece, keep); }), "rest");
}

void RandomGraph::add_sum() {
  const auto stage = graph_.add(sum(name("sum")));
  std::int64_t total = 0;
  for (const std::int64_t value : connect(stage, "in").values())
    total += value;
  // Sums of sums would overflow: the stage behind keeps them small.
  const auto small = graph_.add(map(name("small"), [](auto x) { return x % 1'000; }));
  graph_.connect(stage, small);
  add_output(small, own_flow({{total % 1'000}}));
}

void RandomGraph::add_sorted() {
  const std::size_t rows = between(1, 3);
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

void RandomGraph::add_passing(StageSpec spec) {
  const auto stage = graph_.add(std::move(spec));
  add_output(stage, connect(stage, "in"));
}

void RandomGraph::add_join() {
  StageSpec spec = keep_known(name("join"));
  if (one_in(3)) std::get<TransformSpec>(spec.body).traits.concurrency = Concurrency::serial;
  const auto stage = graph_.add(std::move(spec));
  const Stream left = connect(stage, "left");
  const Values right = connect(stage, "right").values();
  const std::set<std::int64_t> known(right.begin(), right.end());
  add_output(stage, changed(left, [&](Values& piece) {
               std::erase_if(piece, [&](auto x) { return !known.contains(x); });
             }));
}

void RandomGraph::add_sinks() {
  const std::size_t sinks = between(1, 2);
  for (std::size_t i = 0; i < sinks; ++i) {
    const auto collected = std::make_shared<Collected>();
    const auto stage = graph_.add(collect(name("sink"), collected, {.blocking = one_in(2)}));
    sinks_.push_back({graph_.stages[stage].name, collected, connect(stage, "in").values()});
  }
  for (const Output& output : outputs_) {
    if (output.read) continue;
    const auto collected = std::make_shared<Collected>();
    const auto stage = graph_.add(collect(name("rest"), collected));
    graph_.connect({.from = output.stage, .from_port = output.port, .to = stage});
    sinks_.push_back({graph_.stages[stage].name, collected, output.stream.values()});
  }
}

}  // namespace weir::testing
