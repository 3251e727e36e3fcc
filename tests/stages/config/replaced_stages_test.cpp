// Sources and sinks of a config whose places a program's own take: loaded, run, and told what does not fit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <list>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "tests/stages/testing/temporary_folder.hpp"
#include "weir/pipeline.hpp"
#include "weir/run.hpp"
#include "weir/typed_stages.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

struct Order {
  std::int64_t id = 0;
  std::optional<double> price;
  std::string note;
};
RecordFields<Order> order_fields() {
  return fields<Order>("id", &Order::id, "price", &Order::price, "note", &Order::note);
}

struct Row {
  std::int64_t id = 0;
  double price = 0;
  std::string note;
  bool operator==(const Row&) const = default;
};
RecordFields<Row> row_fields() {
  return fields<Row>("id", &Row::id, "price", &Row::price, "note", &Row::note);
}

struct Letter {
  std::string stage;
  std::string error;
  std::string file;
  std::int64_t line = 0;
  std::string record;
};
RecordFields<Letter> letter_fields() {
  return fields<Letter>("stage", &Letter::stage, "error", &Letter::error, "file", &Letter::file, "line",
                        &Letter::line, "record", &Letter::record);
}

using Replacements = std::vector<std::pair<std::string, StageDescription>>;

Pipeline load(const std::string& stages, Replacements replace, LoadOptions options = {}) {
  options.replace = std::move(replace);
  return parse_pipeline("weir: 1\nstages:\n" + stages, "shop.yaml", "nowhere", options);
}

std::string problems(const std::string& stages, Replacements replace) {
  try {
    load(stages, std::move(replace));
    return "none";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

RunReport run_with(Pipeline pipeline, std::size_t threads = 2) {
  const ThreadLimit limit(threads);
  pipeline.runtime.threads = threads;
  RunReport report = run(pipeline.graph, pipeline.runtime);
  EXPECT_THAT(report.imbalances(), IsEmpty());
  return report;
}

std::vector<Order> many_orders(std::int64_t count) {
  std::vector<Order> orders;
  for (std::int64_t id = 0; id < count; ++id) {
    orders.push_back({id, {}, "a note that is not stored inline, number " + std::to_string(id)});
    if (id % 3 != 0) orders.back().price = static_cast<double>(id) / 2;
  }
  return orders;
}

constexpr const char* kThrough = R"(
  - {name: orders, type: read_csv, path: no_such_file.csv}
  - {type: filter, where: price > 1}
  - {name: table, type: print}
)";

class ReplacedStages : public ::testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Threads, ReplacedStages, ::testing::Values(1, 2, 8));

TEST_P(ReplacedStages, GiveTheSameItemsInOrder) {
  const std::vector<Order> orders = many_orders(20'000);
  std::vector<Row> expected;
  for (const Order& order : orders)
    if (order.price > 1) expected.push_back({order.id, *order.price, order.note});
  std::vector<Row> rows;
  const RunReport report = run_with(load(kThrough, {{"orders", records_from(orders, order_fields())},
                                                    {"table", records_to(rows, row_fields())}}),
                                    GetParam());
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(report.stages[0].type, "records_from");
  EXPECT_EQ(report.stages[0].in, orders.size());
  EXPECT_EQ(report.stages[2].processed, expected.size());
}

TEST_P(ReplacedStages, TakeACallableForASourceAndASink) {
  std::int64_t next = 0;
  std::int64_t sum = 0;
  const auto read = [&next]() -> std::optional<Order> {
    if (next == 10'000) return std::nullopt;
    return Order{next++, 2.0, {}};
  };
  const auto report = run_with(
      load(kThrough, {{"orders", records_from(read, order_fields(), {.chunk_items = 7})},
                      {"table", records_to([&sum](const Row& row) { sum += row.id; }, row_fields())}}),
      GetParam());
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(sum, 9'999 * 10'000 / 2);
}

TEST(Replaced, SourcesMayBeAnyRange) {
  std::list<Order> orders = {{1, 2.0, "x"}, {2, 3.0, "y"}};
  std::vector<std::size_t> sizes;
  const auto count = [&sizes](std::span<const Row> rows) { sizes.push_back(rows.size()); };
  run_with(load(kThrough, {{"orders", records_from(orders, order_fields())},
                           {"table", records_to(count, row_fields())}}))
      .throw_if_failed();
  run_with(load(kThrough, {{"orders", records_from(many_orders(9), order_fields(), {.chunk_items = 100})},
                           {"table", records_to(count, row_fields())}}))
      .throw_if_failed();
  EXPECT_THAT(sizes, ElementsAre(2, 4));
}

TEST(Replaced, SinksMayBeUnorderedAndBlocking) {
  const std::vector<Order> orders = many_orders(10'000);
  std::vector<Row> rows;
  run_with(load(kThrough, {{"orders", records_from(orders, order_fields(), {.blocking = true})},
                           {"table", records_to(rows, row_fields(), {.ordered = false, .blocking = true})}}),
           8)
      .throw_if_failed();
  EXPECT_EQ(rows.size(), 6'664u);
}

TEST(Replaced, SourcesMakeOnlyTheColumnsThatAreRead) {
  const Pipeline pipeline = load(R"(
  - {name: orders, type: read_csv, path: x.csv}
  - {type: aggregate, select: {n: count(*), total: sum(id)}}
  - {name: table, type: print}
)",
                                 {{"orders", records_from(many_orders(3), order_fields())}});
  const auto source = std::get<SourceSpec>(pipeline.graph.stages[0].body).make();
  source->open();
  struct Keeper final : Emitter {
    void emit(Batch batch, PortIndex) override { kept = std::move(batch); }
    bool wanted(PortIndex) const noexcept override { return true; }
    void reject(std::size_t, ErrorInfo) override {}
    ItemVerdict failed(std::size_t, ErrorInfo) override { return ItemVerdict::left_out; }
    void reject(Batch, std::size_t, ErrorInfo) override {}
    void filtered(std::size_t) override {}
    void enough() override {}
    Batch kept;
  } out;
  source->decode(source->next()->payload, 0, out);
  EXPECT_EQ(out.kept->describe(1), "{\"id\": 1}");
  EXPECT_EQ(*out.kept->origin_of(1).input, "orders");
  EXPECT_EQ(out.kept->origin_of(1).line, 2u);
}

TEST(Replaced, SourcesTakePartInJoins) {
  struct Price {
    std::string name;
    float price = 0;
  };
  const std::vector<Order> orders = {{1, {}, "tea"}, {2, {}, "jam"}, {3, {}, "tea"}};
  const std::vector<Price> prices = {{"tea", 1.5F}, {"bread", 2}};
  std::vector<Row> rows;
  run_with(
      load(R"(
  - {name: orders, type: read_csv, path: x.csv}
  - {name: prices, type: read_csv, path: y.csv}
  - {name: priced, type: join, from: {left: orders, right: prices}, on: {note: item}}
  - {name: table, type: print}
)",
           {{"orders", records_from(orders, fields<Order>("id", &Order::id, "note", &Order::note))},
            {"prices", records_from(prices, fields<Price>("item", &Price::name, "price", &Price::price))},
            {"table", records_to(rows, row_fields())}}))
      .throw_if_failed();
  EXPECT_THAT(rows, ElementsAre(Row{1, 1.5, "tea"}, Row{3, 1.5, "tea"}));
}

TEST(Replaced, SourcesSendWhatFitsNoColumnAsDeadLetters) {
  struct Count {
    std::uint64_t count = 0;
    std::string note;
  };
  std::vector<Count> counts(10, Count{7, "fits"});
  counts[4] = {std::numeric_limits<std::uint64_t>::max(), "does not"};
  std::vector<Letter> letters;
  std::int64_t sum = 0;
  const auto report = run_with(load(
      R"(
  - {name: counts, type: read_csv, path: x.csv, on_error: dead_letter}
  - {name: table, type: print}
  - {name: bad, type: write_ndjson, from: counts.errors, path: bad.ndjson}
)",
      {{"counts", records_from(counts, fields<Count>("count", &Count::count, "note", &Count::note),
                               {.chunk_items = 3})},
       {"table", records_to([&](const Row& row) { sum += row.id; },
                            fields<Row>("count", &Row::id, "note", &Row::note))},
       {"bad", records_to(letters, letter_fields())}}));
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(sum, 63);
  EXPECT_EQ(report.stages[0].dead, 1u);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].error, "column `count`: 18446744073709551615 is too large for an int64");
  EXPECT_EQ(letters[0].file, "counts");
  EXPECT_EQ(letters[0].line, 5);
  EXPECT_EQ(letters[0].record, "{\"count\": null, \"note\": \"does not\"}");
}

TEST(Replaced, SinksRefuseRecordsThatFitNoMember) {
  const std::vector<Order> orders = many_orders(7);
  std::vector<Row> rows;
  std::vector<Letter> letters;
  const auto report = run_with(load(R"(
  - {name: orders, type: read_csv, path: x.csv}
  - {name: table, type: print, on_error: dead_letter}
  - {name: bad, type: write_ndjson, from: table.errors, path: bad.ndjson}
)",
                                    {{"orders", records_from(orders, order_fields())},
                                     {"table", records_to(rows, row_fields())},
                                     {"bad", records_to(letters, letter_fields())}}));
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(rows.size(), 4u);
  ASSERT_EQ(letters.size(), 3u);
  EXPECT_EQ(letters[1].stage, "table");
  EXPECT_EQ(letters[1].error, "column `price`: NULL, and the program's member is no std::optional");
  EXPECT_EQ(letters[1].line, 4);
  EXPECT_EQ(report.stages[1].dead, 3u);
}

TEST(Replaced, SinksThatThrowAreCalledAgainWithTheItemThatFailed) {
  const std::vector<Order> orders = many_orders(6);
  std::vector<std::int64_t> seen;
  bool has_failed = false;
  const auto flaky = [&](const Order& order) {
    if (order.id == 3 && !has_failed) {
      has_failed = true;
      throw IoError("not now");
    }
    seen.push_back(order.id);
  };
  const auto report = run_with(
      load(R"(
  - {name: orders, type: read_csv, path: x.csv}
  - {name: table, type: print, on_error: {retry: 2, backoff: 0s}}
)",
           {{"orders", records_from(orders, order_fields())}, {"table", records_to(flaky, order_fields())}}));
  EXPECT_TRUE(report.succeeded());
  EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Replaced, SourcesThatThrowFollowTheConfig) {
  int calls = 0;
  const auto read = [&calls]() -> std::optional<Order> {
    if (++calls == 3) throw IoError("not now");
    if (calls > 5) return std::nullopt;
    return Order{calls, 2.0, {}};
  };
  std::vector<Row> rows;
  const auto report = run_with(
      load(R"(
  - {name: orders, type: read_csv, path: x.csv, on_error: {retry: 2, backoff: 0s}}
  - {name: table, type: print}
)",
           {{"orders", records_from(read, order_fields())}, {"table", records_to(rows, row_fields())}}));
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(rows.size(), 4u);
}

TEST(Replaced, NeedNoFilesAndMakeNone) {
  const TemporaryFolder folder;
  std::vector<Row> rows;
  std::vector<std::string> told;
  LoadOptions options;
  options.map_output_path = [&](const std::string& stage, const std::string& path) {
    told.push_back(stage);
    return path;
  };
  const std::string stages = "  - {name: orders, type: read_csv, path: x.csv, sniff_rows: 5}\n" +
                             std::string("  - {name: file, type: write_csv, path: ") +
                             folder.file("out.csv") + "}\n";
  run_with(load(stages,
                {{"orders", records_from(many_orders(3), order_fields())},
                 {"file", records_to(rows, fields<Row>("id", &Row::id))}},
                options))
      .throw_if_failed();
  EXPECT_EQ(rows.size(), 3u);
  EXPECT_FALSE(folder.has("out.csv"));
  EXPECT_THAT(told, IsEmpty());
}

TEST(Replaced, OptionsOfTheTypeMustBeSpeltRightAllTheSame) {
  EXPECT_THAT(problems(R"(
  - {name: orders, type: read_csv, pth: x.csv}
  - {name: table, type: print}
)",
                       {{"orders", records_from(many_orders(1), order_fields())}}),
              HasSubstr("`read_csv` has no option `pth`"));
}

TEST(Replaced, ExpressionsAreBoundToTheItemsColumns) {
  EXPECT_EQ(problems(R"(
  - {name: orders, type: read_csv, path: x.csv}
  - {type: filter, where: pirce > 1}
  - {name: table, type: print}
)",
                     {{"orders", records_from(many_orders(1), order_fields())}}),
            R"(shop.yaml:5:27: filter.where: there is no column `pirce`
    5 |   - {type: filter, where: pirce > 1}
      |                           ^~~~~
      = did you mean `price`?
)");
}

TEST(Replaced, NamesMustBeThoseOfStages) {
  std::vector<Row> rows;
  EXPECT_EQ(
      problems(kThrough, {{"orders", records_from(many_orders(1), order_fields())},
                          {"tabel", records_to(rows, row_fields())}}),
      "shop.yaml: replace.tabel: there is no stage `tabel` to replace\n      = did you mean `table`?\n");
}

TEST(Replaced, StagesAreReplacedByTheirLike) {
  std::vector<Row> rows;
  EXPECT_EQ(
      problems(R"(
  - {name: orders, type: read_csv, path: x.csv}
  - {name: table, type: print}
)",
               {{"orders", records_to(rows, row_fields())}, {"table", records_to(rows, row_fields())}}),
      R"(shop.yaml:4:12: orders: `orders` is a source, and `records_to`, which is to replace it, is a sink
    4 |   - {name: orders, type: read_csv, path: x.csv}
      |            ^~~~~~
      = replace it by a source
)");
}

TEST(Replaced, TransformsNeedTheSamePorts) {
  const auto map = map_records("halve", row_fields(), row_fields(), [](const Row& row) { return row; });
  EXPECT_THAT(problems(R"(
  - {name: orders, type: read_csv, path: x.csv}
  - {name: some, type: filter, where: id > 1}
  - {name: table, type: print}
)",
                       {{"orders", records_from(many_orders(1), order_fields())}, {"some", map}}),
              HasSubstr("`halve` cannot replace `some`: it has inputs `in`, outputs `out`\n"));
}

TEST(Replaced, SinksSayWhichColumnsDoNotFit) {
  struct Other {
    std::string id;
    double pirce = 0;
  };
  const auto sink = records_to([](const Other&) {}, fields<Other>("id", &Other::id, "pirce", &Other::pirce));
  EXPECT_EQ(problems(R"(
  - {name: orders, type: read_csv, path: x.csv}
  - {name: table, type: print}
)",
                     {{"orders", records_from(many_orders(1), order_fields())}, {"table", sink}}),
            R"(shop.yaml:5:25: table: the column `id` is of type int64, and the program wants type string
    5 |   - {name: table, type: print}
      |                         ^~~~~
      = let the program's member be an integer, or convert the column: cast(id as string)
shop.yaml:5:25: table: the program wants a column `pirce`, and there is none
    5 |   - {name: table, type: print}
      |                         ^~~~~
      = did you mean `price`?
)");
}

TEST(Replaced, SinksTakeTheRecordsOfAReplay) {
  const TemporaryFolder folder;
  const std::string path = folder.write("shop.yaml", std::string("weir: 1\nstages:\n") + kThrough);
  RefusedRecord record;
  record.stage = "filter";
  record.text = "{...}";
  record.columns = {{"id", "7"}, {"price", "2.5"}, {"note", "again"}};
  std::vector<Row> rows;
  LoadOptions options;
  options.replace = {{"orders", records_from(many_orders(9), order_fields())},
                     {"table", records_to(rows, row_fields())}};
  run_with(load_replay(path, {record}, options)).throw_if_failed();
  EXPECT_THAT(rows, ElementsAre(Row{7, 2.5, "again"}));
}

TEST(Replaced, SourcesMayBeTypesOfARegistry) {
  StageRegistry registry = StageRegistry::builtin();
  StageDescription orders = records_from(many_orders(4), order_fields());
  orders.type = "orders";
  registry.add(std::move(orders));
  std::vector<Order> kept;
  LoadOptions options;
  options.registry = &registry;
  run_with(load("  - type: orders\n  - {name: table, type: print}\n",
                {{"table", records_to(kept, order_fields())}}, options))
      .throw_if_failed();
  EXPECT_EQ(kept.size(), 4u);
  EXPECT_EQ(StageRegistry::builtin().find("orders"), nullptr);
}

}  // namespace
}  // namespace weir
