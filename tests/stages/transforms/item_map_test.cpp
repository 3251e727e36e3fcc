// Stages that a program registers: they call a function of its own with each record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tests/stages/testing/planned_stage.hpp"
#include "weir/pipeline.hpp"
#include "weir/run.hpp"
#include "weir/typed_stages.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;

struct Net {
  double price = 0;
};
struct Taxed {
  double tax = 0;
  std::string label;
};
RecordFields<Net> net_fields() { return fields<Net>("price", &Net::price); }
RecordFields<Taxed> taxed_fields() { return fields<Taxed>("tax", &Taxed::tax, "label", &Taxed::label); }

StageDescription add_tax() {
  return map_records("add_tax", net_fields(), taxed_fields(), [](const Net& net) {
    return Taxed{net.price / 4, "a label that is not stored inline: " + std::to_string(net.price)};
  });
}

PlannedStage planned(const StageDescription& description, const Schema& schema,
                     std::vector<Needs> needs = {}) {
  return PlannedStage(description, "type: " + description.type + "\n", {schema}, std::move(needs));
}

TEST(ItemMap, AddsColumnsBehindThoseThatPassThrough) {
  const auto batch = table("id: int64, price: double", {"1, 8", "2, ~", "3, 2"});
  const PlannedStage stage = planned(add_tax(), batch->schema());
  EXPECT_EQ(stage.outputs()[0], make_schema("id: int64, price: double, tax: double, label: string"));
  EXPECT_THAT(run_lines(stage, {batch}),
              ElementsAre("1, 8, 2, a label that is not stored inline: 8.000000",
                          "3, 2, 0.5, a label that is not stored inline: 2.000000"));
}

TEST(ItemMap, ReplacesColumnsOfTheSameNameInTheirPlace) {
  struct Text {
    std::string price;
  };
  const auto batch = table("price: int64, id: int64", {"5, 1"});
  const auto map = map_records("to_text", net_fields(), fields<Text>("price", &Text::price),
                               [](const Net& net) { return Text{net.price > 4 ? "much" : "little"}; });
  const PlannedStage stage = planned(map, batch->schema());
  EXPECT_EQ(stage.outputs()[0], make_schema("price: string, id: int64"));
  EXPECT_THAT(run_lines(stage, {batch}), ElementsAre("much, 1"));
}

TEST(ItemMap, KeepsToTheRowsOfABatch) {
  const auto batch = table("price: double", {"1", "2", "3", "4"});
  const auto rows = std::make_shared<const std::vector<std::uint32_t>>(std::vector<std::uint32_t>{1, 3});
  struct Doubled {
    double twice = 0;
  };
  const auto map = map_records("twice", net_fields(), fields<Doubled>("twice", &Doubled::twice),
                               [](const Net& net) { return Doubled{net.price * 2}; });
  EXPECT_THAT(run_lines(planned(map, batch->schema()), {batch->with_rows(RowSet::list(rows))}),
              ElementsAre("2, 4", "4, 8"));
}

TEST(ItemMap, ReadsWhatItNeedsAndMakesWhatIsNeeded) {
  const Schema schema = make_schema("id: int64, label: string, price: double");
  const PlannedStage stage = planned(add_tax(), schema, {{Need::text, Need::none, Need::none, Need::value}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::text, Need::none, Need::value}));
  CollectingEmitter out;
  stage.make()->process({table(schema, {"1, x, 8"}), 0, {}}, nullptr, out);
  EXPECT_THAT(out.records(), ElementsAre("{\"id\": 1, \"price\": 8, \"tax\": 2}"));
}

TEST(ItemMap, LeavesOutRecordsForWhichThereIsNothing) {
  const auto batch = table("price: double", {"1", "2", "3"});
  const auto map =
      map_records("some", net_fields(), taxed_fields(), [](const Net& net) -> std::optional<Taxed> {
        if (net.price == 2) return std::nullopt;
        return Taxed{net.price, "x"};
      });
  CollectingEmitter out;
  planned(map, batch->schema()).make()->process({batch, 0, {}}, nullptr, out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("1, 1, x", "3, 3, x"));
  EXPECT_EQ(out.filtered_rows, 1u);
}

TEST(ItemMap, MayBeMadeFromOptions) {
  StageDescription map = map_records("add_tax", net_fields(), taxed_fields(), [](const Options& options) {
    const double percent = static_cast<double>(options.count("percent").value_or(19));
    return [percent](const Net& net) { return Taxed{net.price * percent / 100, "x"}; };
  });
  map.options = {
      {.name = "percent", .kind = "count", .required = false, .summary = "The tax.", .standard = "19"}};
  const auto batch = table("price: double", {"200"});
  EXPECT_THAT(run_lines(PlannedStage(map, "percent: 7\n", {batch->schema()}), {batch}),
              ElementsAre("200, 14, x"));
  EXPECT_THAT(run_lines(PlannedStage(map, "{}\n", {batch->schema()}), {batch}), ElementsAre("200, 38, x"));
  EXPECT_THAT(PlannedStage(map, "percent: many\n", {batch->schema()}).problems(),
              HasSubstr("add_tax.percent: this wants a count (0, 1, 2, ...), not `many`"));
}

TEST(ItemMap, RefusesRecordsThatDoNotFitOrThrowOrMakeWhatDoesNotFit) {
  struct Large {
    std::uint64_t large = 0;
  };
  const auto batch = table("price: double", {"1", "~", "2", "3", "4"});
  const auto map =
      map_records("large", net_fields(), fields<Large>("large", &Large::large), [](const Net& net) {
        if (net.price == 2) throw RecordError("two is too much");
        return Large{net.price == 3 ? std::numeric_limits<std::uint64_t>::max() : 5};
      });
  CollectingEmitter out;
  planned(map, batch->schema()).make()->process({batch, 0, {}}, nullptr, out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("1, 5", "4, 5"));
  ASSERT_EQ(out.rejections.size(), 3u);
  EXPECT_EQ(out.rejections[0].row, 1u);
  EXPECT_EQ(out.rejections[0].error.message,
            "column `price`: NULL, and the program's member is no std::optional");
  EXPECT_EQ(out.rejections[1].row, 2u);
  EXPECT_EQ(out.rejections[1].error.message, "two is too much");
  EXPECT_EQ(out.rejections[2].row, 3u);
  EXPECT_EQ(out.rejections[2].error.message,
            "column `large`: 18446744073709551615 is too large for an int64");
}

struct Item {
  std::int64_t id = 0;
  double price = 0;
};
struct Letter {
  std::string error;
  std::int64_t line = 0;
};

class OwnStage : public ::testing::TestWithParam<std::size_t> {
 protected:
  OwnStage() {
    for (std::int64_t id = 0; id < 10'000; ++id)
      items_.push_back({id, static_cast<double>(id)});
  }

  RunReport run_with(StageDescription stage, const std::string& on_error, std::size_t threads) {
    StageRegistry registry = StageRegistry::builtin();
    registry.add(std::move(stage));
    const auto item_fields = fields<Item>("id", &Item::id, "price", &Item::price);
    const auto result_fields = fields<Item>("id", &Item::id, "tax", &Item::price);
    LoadOptions options;
    options.registry = &registry;
    options.replace = {{"items", records_from(items_, item_fields)},
                       {"table", records_to(results_, result_fields)}};
    std::string config = R"(
weir: 1
stages:
  - {name: items, type: read_csv, path: x.csv}
  - {name: taxed, type: add_tax, on_error: )" +
                         on_error + R"(}
  - {name: table, type: print}
)";
    if (on_error == "dead_letter") {
      config += "  - {name: bad, type: print, from: taxed.errors}\n";
      options.replace.emplace_back(
          "bad", records_to(letters_, fields<Letter>("error", &Letter::error, "line", &Letter::line)));
    }
    Pipeline pipeline = parse_pipeline(config, "own.yaml", ".", options);
    const ThreadLimit limit(threads);
    pipeline.runtime.threads = threads;
    RunReport report = run(pipeline.graph, pipeline.runtime);
    EXPECT_THAT(report.imbalances(), IsEmpty());
    return report;
  }

  void expect_all_but(std::int64_t divisor) const {
    std::size_t at = 0;
    for (const Item& item : items_) {
      if (divisor > 0 && item.id % divisor == 0) continue;
      ASSERT_LT(at, results_.size());
      ASSERT_EQ(results_[at].id, item.id);
      ASSERT_EQ(results_[at].price, item.price / 4);
      ++at;
    }
    EXPECT_EQ(at, results_.size());
  }

  std::vector<Item> items_;
  std::vector<Item> results_;
  std::vector<Letter> letters_;
};
INSTANTIATE_TEST_SUITE_P(Threads, OwnStage, ::testing::Values(1, 2, 8));

TEST_P(OwnStage, RunsInAConfig) {
  EXPECT_TRUE(run_with(add_tax(), "fail", GetParam()).succeeded());
  expect_all_but(0);
}

TEST_P(OwnStage, SendsWhatThrowsAsDeadLetters) {
  const auto stage = map_records("add_tax", net_fields(), taxed_fields(), [](const Net& net) {
    if (static_cast<int>(net.price) % 1000 == 0) throw RecordError("a round price");
    return Taxed{net.price / 4, {}};
  });
  const RunReport report = run_with(stage, "dead_letter", GetParam());
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(report.stages[1].dead, 10u);
  EXPECT_EQ(report.stages[1].type, "add_tax");
  expect_all_but(1000);
  ASSERT_EQ(letters_.size(), 10u);
  EXPECT_EQ(letters_[3].error, "a round price");
  EXPECT_EQ(letters_[3].line, 3001);
}

TEST_P(OwnStage, TriesAgainWhatFailedBeforeTheRecordsBehindIt) {
  std::atomic<int> failed{0};
  const auto stage =
      map_records("add_tax", net_fields(), taxed_fields(), [&failed](const Net& net, Context& context) {
        if (static_cast<int>(net.price) % 500 == 0 && context.attempt() < 3) {
          ++failed;
          throw IoError("not now");
        }
        return Taxed{net.price / 4, {}};
      });
  for (const char* on_error : {"{retry: 3, backoff: 0s}", "{retry: 3, backoff: 1ms}"}) {
    results_.clear();
    failed = 0;
    EXPECT_TRUE(run_with(stage, on_error, GetParam()).succeeded());
    EXPECT_EQ(failed, 40);
    expect_all_but(0);
  }
}

TEST_P(OwnStage, GivesEachWorkerACallableThatARestartMakesAnew) {
  std::atomic<int> made{0};
  std::atomic<bool> is_broken{true};
  const auto stage = map_records("add_tax", net_fields(), taxed_fields(), per_worker([&] {
                                   ++made;
                                   return [&is_broken, calls = 0](const Net& net) mutable {
                                     ++calls;
                                     if (net.price == 777 && is_broken.exchange(false))
                                       throw IoError("it broke");
                                     return Taxed{net.price / 4, {}};
                                   };
                                 }));
  const RunReport report = run_with(stage, "restart", GetParam());
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(report.stages[1].restarts, 1u);
  EXPECT_GE(made, 2);
  expect_all_but(0);
}

TEST(OwnStages, AreCheckedWhenTheConfigIsLoaded) {
  StageRegistry registry = StageRegistry::builtin();
  registry.add(add_tax());
  LoadOptions options;
  options.registry = &registry;
  struct Cost {
    std::string cost;
  };
  const std::vector<Cost> costs;
  options.replace = {{"costs", records_from(costs, fields<Cost>("prise", &Cost::cost))}};
  const auto problems = [&](const std::string& stages) -> std::string {
    try {
      parse_pipeline("weir: 1\nstages:\n" + stages, "own.yaml", ".", options);
      return "none";
    } catch (const ConfigError& error) {
      return error.what();
    }
  };
  EXPECT_EQ(problems("  - {name: costs, type: read_csv, path: x}\n  - {type: add_tax}\n  - {type: print}\n"),
            R"(own.yaml:4:12: add_tax: the program wants a column `price`, and there is none
    4 |   - {type: add_tax}
      |            ^~~~~~~
      = did you mean `prise`?
)");
  EXPECT_THAT(
      problems("  - {name: costs, type: read_csv, path: x}\n  - {type: add_taxes}\n  - {type: print}\n"),
      HasSubstr("there is no stage type `add_taxes`\n"));
  EXPECT_THROW(registry.add(add_tax()), UsageError);
}

}  // namespace
}  // namespace weir
