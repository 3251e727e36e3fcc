// User code that throws, at every call of every stage: the run ends, says where and why, publishes nothing
// but dead letters, and loses track of no record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>

#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/scripted_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::HasSubstr;

constexpr std::int64_t kRows = 400;

/// Which call of which stage throws.
struct Fault {
  std::string stage;
  std::string call;
};

/// A graph that has every call of every contract in it:
///
///     source -> picky -> join -> total -> out
///                 |       | known -> (join's build side)
///                 '-> dead (errors; publishes always)
class FaultyGraph {
 public:
  FaultyGraph(Fault fault, std::function<void()> raise) : fault_(std::move(fault)), raise_(std::move(raise)) {
    const auto source = add(count_up_scripted("source", 0));
    const auto known = add(count_up_scripted("known", 1));
    const auto picky = add(picky_stage()), join = add(join_stage()), total = add(total_stage());
    const auto out = add(sink("out", {})), dead = add(sink("dead", {.always_commits = true}));
    graph.connect(source, picky);
    graph.connect({.from = picky, .from_port = "errors", .to = dead});
    graph.connect(picky, join);
    graph.connect({.from = known, .to = join, .to_port = "known"});
    graph.connect(join, total);
    graph.connect(total, out);
  }

  Graph graph;
  std::atomic<int> committed_out{0}, committed_dead{0}, aborted_out{0}, aborted_dead{0};

 private:
  void strike(const std::string& stage, const char* call) const {
    if (stage == fault_.stage && call == fault_.call) raise_();
  }
  StageIndex add(StageSpec spec) {
    // The factory and the encoder of dead letters are calls too.
    const std::string name = spec.name;
    std::visit(
        [&](auto& body) {
          body.make = [this, name, make = body.make] {
            strike(name, "make");
            return make();
          };
        },
        spec.body);
    spec.encode_dead_letters = [this, name](std::vector<DeadLetter<Batch>>&& letters) {
      strike(name, "encode_dead_letters");
      return dead_numbers()(std::move(letters));
    };
    return graph.add(std::move(spec));
  }

  StageSpec count_up_scripted(const std::string& name, std::size_t index) {
    return scripted(name, SourceScript{.open = [=, this] { strike(name, "open"); },
                                       .next = [=, this]() -> std::optional<Work> {
                                         std::int64_t& at = at_[index];
                                         if (at == kRows / 2) strike(name, "next");
                                         if (at == kRows) return std::nullopt;
                                         at += 10;
                                         std::vector<std::int64_t> values;
                                         for (std::int64_t value = at - 10; value < at; ++value)
                                           values.push_back(value);
                                         return work(std::move(values));
                                       },
                                       .decode =
                                           [=, this](const Batch& batch, Cursor, Emitter& out) {
                                             if (values_of(batch).front() == 150) strike(name, "decode");
                                             out.emit(batch);
                                             return kDone;
                                           }});
  }
  StageSpec picky_stage() {
    StageSpec spec = scripted("picky", {.open = [this] { strike("picky", "open"); },
                                        .process =
                                            [this](const Input& input, State*, Emitter& out) {
                                              if (values_of(input.batch).front() == 50)
                                                strike("picky", "process");
                                              out.emit(input.batch->slice(1, input.batch->rows() - 1));
                                              out.reject(0, data_error());
                                              return kDone;
                                            }});
    spec.on_error.by_class[static_cast<std::size_t>(ErrorClass::data)] = FailureAction::dead_letter;
    return spec;
  }
  StageSpec join_stage() {
    StageSpec spec = scripted(
        "join",
        TransformScript{.open = [this] { strike("join", "open"); },
                        .make_state = [this]() -> std::unique_ptr<State> {
                          strike("join", "make_state");
                          return std::make_unique<NumberState>();
                        },
                        .process =
                            [](const Input& input, State*, Emitter& out) {
                              if (input.port == 0) out.emit(input.batch);
                              return kDone;
                            },
                        .end_of_input = [this](PortIndex, State*) { strike("join", "end_of_input"); }},
        {.concurrency = Concurrency::replicated});
    spec.inputs.push_back({.name = "known", .type = number_type(), .retained = true});
    return spec;
  }
  StageSpec total_stage() {
    return scripted("total",
                    TransformScript{.make_state = [this]() -> std::unique_ptr<State> {
                                      strike("total", "make_state");
                                      return std::make_unique<NumberState>();
                                    },
                                    .process =
                                        [this](const Input& input, State*, Emitter&) {
                                          if (input.place.sequence == 20) strike("total", "process");
                                          return kDone;
                                        },
                                    .next_output =
                                        [this](State*, Cursor at, Emitter& out) {
                                          if (at == 5) strike("total", "next_output");
                                          out.emit(numbers({static_cast<std::int64_t>(at)}));
                                          return at < 9 ? at + 1 : kDone;
                                        }},
                    {.concurrency = Concurrency::replicated, .breaker = true});
  }
  StageSpec sink(const std::string& name, SinkTraits traits) {
    auto& committed = name == "out" ? committed_out : committed_dead;
    auto& aborted = name == "out" ? aborted_out : aborted_dead;
    return scripted(name,
                    SinkScript{.open = [=, this] { strike(name, "open"); },
                               .encode =
                                   [=, this](const Batch& batch, Emitter&) {
                                     strike(name, "encode");
                                     return batch;
                                   },
                               .write = [=, this](const Batch&, Emitter&) { strike(name, "write"); },
                               .prepare = [=, this] { strike(name, "prepare"); },
                               .commit =
                                   [=, this, &committed] {
                                     strike(name, "commit");
                                     ++committed;
                                   },
                               .abort = [&aborted] { ++aborted; }},
                    traits);
  }
  static ErrorInfo data_error() {
    return describe([] { throw RecordError("not this one"); });
  }
  static ErrorInfo describe(const std::function<void()>& raise) {
    try {
      raise();
    } catch (...) {
      return describe_current_exception();
    }
    return {};
  }

  const Fault fault_;
  const std::function<void()> raise_;
  std::int64_t at_[2] = {0, 0};
};

struct Case {
  const char* stage;
  const char* call;
  const char* during;
};

const Case kCases[] = {
    {"source", "make", "open"},
    {"picky", "make", "open"},
    {"out", "make", "open"},
    {"source", "open", "open"},
    {"picky", "open", "open"},
    {"join", "open", "open"},
    {"out", "open", "open"},
    {"dead", "open", "open"},
    {"source", "next", "next"},
    {"known", "next", "next"},
    {"source", "decode", "decode"},
    {"known", "decode", "decode"},
    {"picky", "process", "process"},
    {"picky", "encode_dead_letters", "process"},
    {"join", "make_state", "process"},
    {"join", "end_of_input", "end_of_input"},
    {"total", "make_state", "process"},
    {"total", "process", "process"},
    {"total", "next_output", "next_output"},
    {"out", "encode", "encode"},
    {"dead", "encode", "encode"},
    {"out", "write", "write"},
    {"dead", "write", "write"},
    {"out", "prepare", "prepare"},
    {"dead", "prepare", "prepare"},
    {"out", "commit", "commit"},
};

class FaultTest : public RunFixture {};
WEIR_RUN_WITH_THREADS(FaultTest);

TEST_P(FaultTest, TheGraphRunsWhereNothingThrows) {
  FaultyGraph faulty({}, [] {});
  expect_success(run(faulty.graph));
  EXPECT_EQ(faulty.committed_out, 1);
  EXPECT_EQ(faulty.committed_dead, 1);
  EXPECT_EQ(faulty.aborted_out + faulty.aborted_dead, 0);
}

TEST_P(FaultTest, AThrowAtAnyCallEndsTheRunAndIsNamed) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(std::string(one.stage) + "." + one.call);
    FaultyGraph faulty({one.stage, one.call}, [] { throw std::runtime_error("it broke"); });
    const RunReport report = run(faulty.graph);
    EXPECT_EQ(report.status, RunStatus::failed);
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->stage, one.stage);
    EXPECT_EQ(report.failure->during, one.during);
    EXPECT_EQ(report.failure->error.message, "it broke");
    EXPECT_EQ(report.failure->error.type, "std::runtime_error");
    EXPECT_EQ(report.failure->error.error_class, ErrorClass::other);
    EXPECT_NE(report.failure->error.cause, nullptr);

    EXPECT_EQ(faulty.committed_out, 0);
    const bool never_opened = std::string(one.during) == "open";
    const bool dead_cannot = std::string(one.stage) == "dead" && std::string(one.call) == "prepare";
    EXPECT_EQ(faulty.committed_dead, never_opened || dead_cannot ? 0 : 1);
  }
}

TEST_P(FaultTest, ADeadLetterSinkThatCannotCommitFailsTheRunToo) {
  FaultyGraph faulty({"dead", "commit"}, [] { throw IoError("disk full"); });
  const RunReport report = run(faulty.graph);
  EXPECT_EQ(report.status, RunStatus::failed);
  EXPECT_EQ(report.failure->stage, "dead");
  EXPECT_EQ(report.failure->during, "commit");
  EXPECT_EQ(faulty.aborted_dead, 1);
}

TEST_P(FaultTest, WhatIsThrownMayBeAnything) {
  const std::pair<std::function<void()>, ErrorInfo> thrown[] = {
      {[] { throw 17; }, {ErrorClass::other, "an exception that is no std::exception", "int", nullptr}},
      {[] { throw std::bad_alloc(); }, {ErrorClass::resource, "std::bad_alloc", "std::bad_alloc", nullptr}},
      {[] { throw IoError("no space"); }, {ErrorClass::io, "no space", "weir::IoError", nullptr}},
      {[] { throw Error(ErrorClass::timeout, "late"); },
       {ErrorClass::timeout, "late", "weir::Error", nullptr}},
  };
  for (const auto& [raise, expected] : thrown) {
    for (const Case& one : kCases) {
      SCOPED_TRACE(std::string(one.stage) + "." + one.call + " throws " + expected.type);
      FaultyGraph faulty({one.stage, one.call}, raise);
      const RunReport report = run(faulty.graph);
      ASSERT_TRUE(report.failure);
      EXPECT_EQ(report.failure->stage, one.stage);
      EXPECT_EQ(report.failure->error.error_class, expected.error_class);
      EXPECT_EQ(report.failure->error.message, expected.message);
      EXPECT_EQ(report.failure->error.type, expected.type);
    }
  }
}

TEST_P(FaultTest, AbsorbThatThrowsIsNamed) {
  if (GetParam() == 1) return;  // one worker makes one state, and there is nothing to absorb
  std::atomic<int> came{0};
  const Graph graph = chain(
      {count_up("source", 100),
       scripted("total",
                TransformScript{.process =
                                    [&](const Input&, State*, Emitter&) {
                                      // The first two meet, each with a state of its own.
                                      if (++came <= 2 && !wait_until([&] { return came >= 2; }))
                                        throw std::runtime_error("nobody else came");
                                      return kDone;
                                    },
                                .absorb = [](State&, State&) { throw std::runtime_error("will not merge"); }},
                {.concurrency = Concurrency::replicated, .breaker = true}),
       collect("out", out_)});
  const RunReport report = run(graph);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->stage, "total");
  EXPECT_EQ(report.failure->during, "absorb");
  EXPECT_EQ(report.failure->error.message, "will not merge");
  EXPECT_EQ(out_->committed, 0);
}

TEST_P(FaultTest, AThreadedSourceAndABlockingSinkMayThrowToo) {
  for (const bool in_source : {true, false}) {
    SCOPED_TRACE(in_source);
    std::int64_t at = 0;
    const auto thrown = [] { throw IoError("the line went dead"); };
    const Graph graph = chain({scripted("source", SourceScript{.next = [&]() -> std::optional<Work> {
                                          if (in_source && at == 500) thrown();
                                          return at == 1'000 ? std::nullopt : std::optional(work({at++}));
                                        }},
                                        {.blocking = true}),
                               scripted("sink",
                                        SinkScript{.write =
                                                       [&](const Batch& batch, Emitter&) {
                                                         if (values_of(batch).front() == 700) thrown();
                                                       }},
                                        {.blocking = true})});
    const RunReport report = run(graph);
    EXPECT_EQ(report.status, RunStatus::failed);
    EXPECT_EQ(report.failure->stage, in_source ? "source" : "sink");
    EXPECT_EQ(report.failure->during, in_source ? "next" : "write");
  }
}

TEST_P(FaultTest, OfSeveralFailuresTheFirstInTheInputIsReported) {
  const Graph graph = chain({count_up("source", 2'000),
                             map("picky",
                                 [](auto x) {
                                   if (x >= 321) throw RecordError("no " + std::to_string(x));
                                   return x;
                                 }),
                             collect("out", out_)});
  for (int round = 0; round < 20; ++round)
    EXPECT_EQ(run(graph).failure->error.message, "no 321");
}

TEST_P(FaultTest, NothingIsReadWhereAStageDoesNotOpenAndSinksOpenFirst) {
  std::vector<std::string> opened;
  const auto note = [&](const char* name) { return [&opened, name] { opened.emplace_back(name); }; };
  // The order of the stages must not matter: the transform comes before the source that it does not read.
  Graph graph;
  const auto transform = graph.add(scripted("transform", TransformScript{.open = note("transform")}));
  const auto sink = graph.add(scripted("sink", SinkScript{.open = note("sink")}));
  const auto source = graph.add(scripted("source", SourceScript{.open = note("source")}));
  const auto other = graph.add(scripted("other", SourceScript{.open = [] { throw IoError("no such file"); },
                                                              .next = []() -> std::optional<Work> {
                                                                ADD_FAILURE() << "it was read";
                                                                return std::nullopt;
                                                              }}));
  const auto other_sink = graph.add(scripted("other_sink", SinkScript{.open = note("other_sink")}));
  graph.connect(source, transform);
  graph.connect(transform, sink);
  graph.connect(other, other_sink);
  EXPECT_EQ(run(graph).failure->stage, "other");
  ASSERT_GE(opened.size(), 3u);
  EXPECT_THAT(std::vector(opened.begin(), opened.begin() + 2),
              ::testing::UnorderedElementsAre("sink", "other_sink"));
  EXPECT_EQ(opened[2], "transform");
}

}  // namespace
}  // namespace weir
