// Which stages a replay has, and by which ways refused records reach them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/stages/config/test_stages.hpp"
#include "tests/stages/testing/temporary_folder.hpp"
#include "weir/pipeline.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using ::testing::UnorderedElementsAre;

class Replay : public ::testing::Test {
 protected:
  Replay() { options_.registry = &test::registry(); }

  static RefusedRecord letter(const std::string& stage, const std::string& port = {}, std::size_t line = 1) {
    RefusedRecord record;
    record.stage = stage;
    record.port = port;
    record.text = "{\"a\": 1}";
    record.columns.emplace();
    record.columns->emplace_back("a", "1");
    record.where = {"bad.ndjson", line, 0};
    return record;
  }

  Pipeline load(const std::vector<RefusedRecord>& records, const std::string& stages) const {
    return load_replay(folder_.write("c.yaml", "weir: 1\nstages:\n" + stages), records, options_);
  }

  std::vector<std::string> edges(const std::vector<RefusedRecord>& records, const std::string& stages) const {
    const Pipeline pipeline = load(records, stages);
    EXPECT_TRUE(pipeline.graph.validate().empty());
    std::vector<std::string> edges;
    for (const Edge& edge : pipeline.graph.edges) {
      edges.push_back(pipeline.graph.stages[edge.from].name + "." + edge.from_port + " -> " +
                      pipeline.graph.stages[edge.to].name + "." + edge.to_port);
    }
    return edges;
  }

  std::string problems(const std::vector<RefusedRecord>& records, const std::string& stages) const {
    try {
      load(records, stages);
      return "none";
    } catch (const ConfigError& error) {
      for (const Diagnostic& problem : error.diagnostics())
        EXPECT_EQ(problem.kind, ProblemKind::bad_input);
      return error.what();
    }
  }

  TemporaryFolder folder_;
  LoadOptions options_;
};

constexpr const char* kChain = R"(
  - {type: table, columns: {a: int64}}
  - {type: keep, where: a > 0}
  - {type: shape, columns: {b: a}}
  - {type: store, path: x}
  - {type: store, name: all, path: y, from: table}
)";

TEST_F(Replay, HasTheStagesBehindTheOneThatRefused) {
  EXPECT_THAT(edges({letter("shape")}, kChain),
              ElementsAre("shape.out -> store.in", "letters > shape.out -> shape.in"));
  const Pipeline pipeline = load({letter("shape")}, kChain);
  ASSERT_EQ(pipeline.stages.size(), 2u);
  EXPECT_EQ(pipeline.stages[0].name, "shape");
}

TEST_F(Replay, MayBeginAtSeveralStages) {
  RefusedRecord of_the_sink = letter("store");
  of_the_sink.columns->front().first = "b";
  EXPECT_THAT(edges({letter("shape"), letter("keep"), of_the_sink}, kChain),
              ElementsAre("keep.out -> shape.in", "shape.out -> store.in", "letters > keep.out -> keep.in",
                          "letters > shape.out -> shape.in", "letters > store.out -> store.in"));
}

TEST_F(Replay, GivesTheRecordsOfMergedStreamsToTheirOwn) {
  EXPECT_THAT(edges({letter("keep")}, R"(
  - {type: table, columns: {a: int64}}
  - {type: keep, where: a > 0}
  - {type: table, name: other, columns: {a: int64}}
  - {type: store, path: x, from: [keep, other]}
)"),
              ElementsAre("keep.out -> store.in", "letters > keep.out -> keep.in"));
}

TEST_F(Replay, FillsWhatIsLookedUpInAndNothingElse) {
  EXPECT_THAT(edges({letter("match", "left")}, R"(
  - {type: table, columns: {a: int64}}
  - {type: table, name: lookup, columns: {b: int64}}
  - {type: keep, where: b > 0}
  - {type: match, on: {a: b}, from: {left: table, right: keep.rest}}
  - {type: store, path: x}
  - {type: store, name: kept, path: y, from: keep}
  - {type: store, name: raw, path: z, from: lookup}
)"),
              UnorderedElementsAre("lookup.out -> keep.in", "keep.rest -> match.right",
                                   "match.out -> store.in", "letters > match.left.out -> match.left"));
}

TEST_F(Replay, SkipsWhatTheSideThatIsLookedUpInRefusesAgain) {
  const Pipeline pipeline = load({letter("match", "left")}, R"(
  - {type: table, columns: {a: int64}}
  - {type: table, name: lookup, columns: {b: int64}, on_error: dead_letter}
  - {type: match, on: {a: b}, from: {left: table, right: lookup}}
  - {type: store, path: x}
  - {type: store, name: bad, path: y, from: lookup.errors}
)");
  EXPECT_EQ(pipeline.graph.stages[0].name, "lookup");
  EXPECT_EQ(pipeline.graph.stages[0].on_error.of(ErrorClass::data).last, FailureAction::skip);
}

TEST_F(Replay, KeepsTheWayOfNewDeadLetters) {
  EXPECT_THAT(edges({letter("keep")}, R"(
  - {type: table, columns: {a: int64}, on_error: dead_letter}
  - {type: keep, where: a > 0, on_error: dead_letter}
  - {type: store, path: x}
  - {type: store, name: bad, path: y, from: [table.errors, keep.errors]}
)"),
              ElementsAre("keep.out -> store.in", "keep.errors -> bad.in", "letters > keep.out -> keep.in"));
}

TEST_F(Replay, RefusesRecordsOfWhatIsLookedUpIn) {
  constexpr const char* kStages = R"(
  - {type: table, columns: {a: int64}}
  - {type: table, name: lookup, columns: {a: int64}}
  - {type: keep, where: a > 0}
  - {type: match, on: {a: a}, from: {left: table, right: keep}}
  - {type: store, path: x}
)";
  for (const RefusedRecord& record : {letter("match", "right"), letter("keep")}) {
    EXPECT_THAT(problems({record}, kStages),
                HasSubstr("this record takes part in what `match` looks up in (`right`)"));
  }
}

TEST_F(Replay, NeedsToKnowByWhichInputARecordCame) {
  constexpr const char* kStages = R"(
  - {type: table, columns: {a: int64}}
  - {type: table, name: lookup, columns: {b: int64}}
  - {type: match, on: {a: b}, from: {left: table, right: lookup}}
  - {type: store, path: x}
)";
  EXPECT_THAT(problems({letter("match")}, kStages),
              HasSubstr("the letter does not say by which its record came"));
  EXPECT_THAT(problems({letter("match", "middle")}, kStages), HasSubstr("`match` has no input `middle`"));
}

TEST_F(Replay, TellsEachProblemOnceWithItsNumberOfLetters) {
  std::vector<RefusedRecord> records = {letter("kep", {}, 3), letter("keep", {}, 4), letter("kep", {}, 5)};
  EXPECT_EQ(problems(records, kChain),
            "bad.ndjson:3: kep: the config has no stage `kep`, which refused this record (and 1 more such)\n"
            "      = did you mean `keep`?\n");
}

TEST_F(Replay, RefusesRecordsThatDoNotFitTheStage) {
  RefusedRecord other = letter("keep", {}, 2);
  other.columns->emplace_back("c", "1");
  RefusedRecord text = letter("keep", {}, 3);
  text.columns->front().second = "one";
  RefusedRecord incomplete = letter("keep", {}, 4);
  incomplete.columns->clear();
  RefusedRecord no_object = letter("keep", {}, 5);
  no_object.columns.reset();
  no_object.text = "1,2";
  RefusedRecord result = letter("shape", {}, 6);
  result.columns->front().first = "b";
  RefusedRecord of_a_reader = letter("table", {}, 7);
  const std::string told = problems({other, text, incomplete, no_object, result}, kChain);
  EXPECT_THAT(told, HasSubstr("bad.ndjson:2: keep: the record has a column `c`, which `keep` is not given"));
  EXPECT_THAT(told, HasSubstr("bad.ndjson:3: keep: `a` wants an int64, not `one`"));
  EXPECT_THAT(told, HasSubstr("bad.ndjson:4: keep: the record lacks the column `a`, which is needed now"));
  EXPECT_THAT(told, HasSubstr("bad.ndjson:5: keep: the record has no columns for `keep`: `1,2`"));
  EXPECT_THAT(told,
              HasSubstr("bad.ndjson:6: shape: `shape` made this record itself, so it cannot be given to it"));
  EXPECT_THAT(problems({of_a_reader}, kChain),
              HasSubstr("bad.ndjson:7: table: `table` cannot read again what it refused"));
}

TEST_F(Replay, GivesRecordsWithTheirTypesAndOrigins) {
  RefusedRecord first = letter("keep");
  first.origin = {std::make_shared<const std::string>("in.csv"), 120, 7};
  RefusedRecord second = letter("keep");
  second.columns->front().second.reset();
  const Pipeline pipeline = load({first, second}, kChain);
  const auto source = std::get<SourceSpec>(pipeline.graph.stages.back().body).make();
  const auto work = source->next();
  ASSERT_TRUE(work);
  EXPECT_EQ(work->payload->describe(0), "{\"a\": 1}");
  EXPECT_EQ(work->payload->describe(1), "{\"a\": null}");
  EXPECT_EQ(work->payload->origin_of(0).line, 7u);
  EXPECT_FALSE(source->next());
}

TEST_F(Replay, InjectsFaultsOnlyWhereItHasStages) {
  options_.chaos = "throw=1%,stages=table+shape";
  EXPECT_EQ(load({letter("shape")}, kChain).runtime.chaos->stages, std::vector<std::string>{"shape"});
  RefusedRecord of_the_sink = letter("store");
  of_the_sink.columns->front().first = "b";
  EXPECT_FALSE(load({of_the_sink}, kChain).runtime.chaos);
}

TEST_F(Replay, TellsWhereItsSinksWriteAndLetsThatBeChanged) {
  std::vector<std::string> paths;
  options_.map_output_path = [&](const std::string& stage, const std::string& path) {
    paths.push_back(stage + " " + path.substr(path.rfind('/') + 1));
    return path;
  };
  load({letter("shape")}, kChain);
  EXPECT_THAT(paths, ElementsAre("store x", "all y"));
}

}  // namespace
}  // namespace weir
