// Each aggregate function by its meaning, and against models that look at all values of a group at once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::Delivery;
using ::testing::ElementsAre;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kSchema = "k: string, n: int64, x: double, s: string, b: bool, t: timestamp";

std::string value_of(const std::string& function, const std::vector<Batch>& input) {
  const PlannedStage stage(describe_aggregate(), "select: {value: \"" + function + "\"}",
                           {make_schema(kSchema)});
  EXPECT_EQ(stage.problems(), "") << function;
  const std::vector<std::string> lines = run_lines(stage, input);
  return lines.size() == 1 ? lines[0] : "not one line";
}

std::vector<Batch> rows() {
  return {table(kSchema, {"a, 1, 1.5, one, true, 2024-01-01 00:00:00", "a, ~, ~, ~, ~, ~",
                          "a, 3, 2.5, three, true, 2024-01-03 00:00:00"}),
          table(kSchema,
                {"a, 3, 8, two, false, 2024-01-02 00:00:00", "a, 2, -4, one, true, 2024-01-09 12:00:00"})};
}

struct FunctionCase {
  const char* function;
  const char* value;
};

TEST(AggregateFunctions, GiveWhatTheySay) {
  const FunctionCase cases[] = {
      {"first(n)", "1"},
      {"last(s)", "one"},
      {"first(s) filter (where n is null)", "~"},
      {"any_value(x) filter (where n > 1 or n is null)", "2.5"},
      {"arg_min(s, x)", "one"},
      {"arg_max(s, n)", "three"},
      {"arg_max(x, s)", "8"},
      {"arg_min(t, n)", "2024-01-01 00:00:00"},
      {"median(n)", "2.5"},
      {"median(x)", "2"},
      {"median(t)", "2024-01-02 12:00:00"},
      {"quantile_cont(x, 0)", "-4"},
      {"quantile_cont(x, 1)", "8"},
      {"quantile_cont(n, 0.25)", "1.75"},
      {"quantile_disc(n, 0.5)", "2"},
      {"quantile_disc(x, 0.75)", "2.5"},
      {"quantile_disc(t, 1)", "2024-01-09 12:00:00"},
      {"quantile_disc(cast(t as date), 0.5)", "2024-01-02"},
      {"median(cast(t as date))", "2024-01-02 12:00:00"},
      {"arg_max(cast(t as date), n)", "2024-01-03"},
      {"count(distinct cast(t as date))", "4"},
      {"mode(n)", "3"},
      {"mode(s)", "one"},
      {"mode(b)", "true"},
      {"var_pop(n)", "0.6875"},
      {"variance(n)", "0.9166666666666666"},
      {"stddev(x)", "4.915960401250875"},
      {"stddev_pop(n)", "0.82915619758885"},
      {"string_agg(s, '-')", "one-three-two-one"},
      {"string_agg(n)", "1,3,3,2"},
      {"string_agg(distinct s, '')", "onethreetwo"},
      {"count(distinct n)", "3"},
      {"count(distinct s)", "3"},
      {"count(distinct b)", "2"},
      {"count(distinct t)", "4"},
      {"sum(distinct n)", "6"},
      {"avg(distinct n)", "2"},
      {"approx_count_distinct(s)", "3"},
      {"approx_count_distinct(x)", "4"},
      {"approx_quantile(n, 1)", "3"},
      {"bool_and(b)", "false"},
      {"bool_or(b)", "true"},
      {"bool_and(b) filter (where n <> 3)", "true"},
      {"count(*) filter (where n > 1)", "3"},
      {"sum(n) filter (where n > 9)", "~"},
      {"count(n) filter (where b) * 10 + count(*)", "35"},
  };
  for (const FunctionCase& each : cases)
    EXPECT_EQ(value_of(each.function, rows()), each.value) << each.function;
}

TEST(AggregateFunctions, AreNullOfNothingButForCounts) {
  for (const char* function : {"first(n)", "last(s)", "any_value(b)", "arg_min(n, x)", "median(x)",
                               "quantile_disc(t, 0.5)", "mode(s)", "variance(x)", "stddev_pop(x)",
                               "string_agg(s)", "approx_quantile(x, 0.5)", "sum(distinct n)", "bool_or(b)"}) {
    EXPECT_EQ(value_of(function, {}), "~") << function;
    EXPECT_EQ(value_of(function, {table(kSchema, {"a, ~, ~, ~, ~, ~"})}), "~") << function;
  }
  for (const char* function : {"count(distinct s)", "approx_count_distinct(s)", "count(*) filter (where b)"})
    EXPECT_EQ(value_of(function, {}), "0") << function;
  EXPECT_EQ(value_of("stddev(n)", {table(kSchema, {"a, 7, ~, ~, ~, ~"})}), "~") << "of one value";
}

TEST(AggregateFunctions, DoNotComputeWhatTheFilterLeavesOut) {
  const auto input = table("s: string", {"1", "not a number", "3"});
  const PlannedStage stage(describe_aggregate(),
                           "select: {sum: \"sum(cast(s as int64)) filter (where s <> 'not a number')\"}",
                           {make_schema("s: string")});
  EXPECT_THAT(run_lines(stage, {input}), ElementsAre("4"));
}

TEST(AggregateFunctions, LoseNoDigitsFarFromZero) {
  std::vector<std::string> lines;
  for (int i = 0; i < 1000; ++i)
    lines.push_back("a, " + std::to_string(1'000'000'000'000'000 + i % 2) + ", ~, ~, ~, ~");
  EXPECT_EQ(value_of("var_pop(n)", {table(kSchema, lines)}), "0.25");
}

// Whether a group of any size has the same approximate quantiles as exact ones, within what is promised.
TEST(AggregateFunctions, ApproximateQuantilesToWithinAPercent) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> values(3, 2);
  std::vector<std::string> lines;
  for (int i = 0; i < 5000; ++i)
    lines.push_back("a, ~, " + std::to_string(random() % 3 == 0 ? -values(random) : values(random)) +
                    ", ~, ~, ~");
  const auto input = table(kSchema, lines);
  for (const char* fraction : {"0", "0.01", "0.25", "0.5", "0.9", "0.999", "1"}) {
    const double exact = std::stod(value_of(std::string("quantile_disc(x, ") + fraction + ")", {input}));
    const double close = std::stod(value_of(std::string("approx_quantile(x, ") + fraction + ")", {input}));
    EXPECT_NEAR(close, exact, 0.016 * std::abs(exact)) << fraction;
  }
  EXPECT_EQ(
      value_of("approx_quantile(x, 0.5)", {table(kSchema, {"a, ~, 5.3, ~, ~, ~", "a, ~, 5.3, ~, ~, ~"})}),
      "5.3")
      << "never outside of what there is";
}

// One record of the model.
struct Record {
  std::string key;
  std::optional<std::int64_t> n;
  std::optional<double> x;
  std::optional<std::string> s;
};

template <class T>
std::string text(const std::optional<T>& value) {
  if (!value) return "~";
  if constexpr (std::is_same_v<T, std::string>)
    return *value;
  else if constexpr (std::is_same_v<T, double>) {
    std::string digits;
    append_double(digits, *value);
    return digits;
  } else
    return std::to_string(*value);
}

std::vector<Record> any_records() {
  const auto maybe = [](auto gen) {
    using T = typename decltype(gen)::ValueType;
    return rc::gen::weightedOneOf<std::optional<T>>(
        {{4, rc::gen::map(gen, [](T value) { return std::optional<T>(std::move(value)); })},
         {1, rc::gen::just(std::optional<T>())}});
  };
  const auto record = rc::gen::build<Record>(
      rc::gen::set(&Record::key, rc::gen::element<std::string>("a", "b", "a key longer than its slot")),
      rc::gen::set(&Record::n, maybe(rc::gen::inRange<std::int64_t>(-4, 5))),
      rc::gen::set(&Record::x,
                   maybe(rc::gen::map(rc::gen::inRange(-8, 9), [](int i) { return i / 4.0 + 0.0; }))),
      rc::gen::set(&Record::s,
                   maybe(rc::gen::element<std::string>("", "u", "v", "longer than twelve bytes", "z"))));
  return *rc::gen::scale(3, rc::gen::container<std::vector<Record>>(record));
}

// A group's values by the model.
struct Group {
  std::vector<Record> records;

  template <class Member>
  auto values(Member member) const {
    std::vector<typename std::decay_t<decltype(records[0].*member)>::value_type> all;
    for (const Record& record : records)
      if (record.*member) all.push_back(*(record.*member));
    return all;
  }
  template <class Better>
  std::string chosen(Better better) const {
    const Record* best = nullptr;
    for (const Record& record : records)
      if (record.s && record.x && (best == nullptr || better(*record.x, *best->x))) best = &record;
    return best == nullptr ? "~" : *best->s;
  }
  std::string mode() const {
    std::map<std::string, int> counts;
    const auto all = values(&Record::s);
    for (const std::string& value : all)
      ++counts[value];
    std::optional<std::string> best;
    for (const std::string& value : all)
      if (!best || counts[value] > counts[*best]) best = value;
    return text(best);
  }
  std::string median() const {
    auto all = values(&Record::x);
    if (all.empty()) return "~";
    std::sort(all.begin(), all.end());
    return text(std::optional((all[(all.size() - 1) / 2] + all[all.size() / 2]) / 2));
  }
  std::string joined() const {
    const auto all = values(&Record::s);
    if (all.empty()) return "~";
    std::string joined = all[0];
    for (std::size_t i = 1; i < all.size(); ++i)
      joined += "+" + all[i];
    return joined;
  }
  std::string variance() const {
    const auto all = values(&Record::n);
    if (all.size() < 2) return "~";
    std::int64_t sum = 0;
    std::int64_t squares = 0;
    for (const std::int64_t value : all) {
      sum += value;
      squares += value * value;
    }
    const auto count = static_cast<std::int64_t>(all.size());
    return text(std::optional(static_cast<double>(count * squares - sum * sum) /
                              static_cast<double>(count * (count - 1))));
  }
  std::string line() const {
    const auto numbers = values(&Record::n);
    const std::set<std::int64_t> different(numbers.begin(), numbers.end());
    const auto positive = std::count_if(numbers.begin(), numbers.end(), [](std::int64_t n) { return n > 0; });
    const std::string count = std::to_string(different.size());
    return text(records.front().n) + ", " + text(records.back().s) + ", " +
           chosen([](double a, double b) { return a < b; }) + ", " +
           chosen([](double a, double b) { return a > b; }) + ", " + median() + ", " + mode() + ", " +
           joined() + ", " + variance() + ", " + count + ", " + count + ", " + std::to_string(positive);
  }
};

RC_GTEST_PROP(AggregateFunctionsModel, AgreesWhateverTheBatchesAndWorkers, ()) {
  const std::vector<Record> records = any_records();
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());

  std::vector<std::string> order;
  std::map<std::string, Group> groups;
  std::vector<Delivery> input;
  std::vector<std::string> lines;
  for (const Record& record : records) {
    if (groups.count(record.key) == 0) order.push_back(record.key);
    groups[record.key].records.push_back(record);
    lines.push_back(record.key + ", " + text(record.n) + ", " + text(record.x) + ", " + text(record.s));
    if (random() % 5 == 0 || &record == &records.back()) {
      input.push_back({0, table("k: string, n: int64, x: double, s: string", lines), {0, 0, input.size()}});
      lines.clear();
    }
  }
  std::vector<std::string> expected;
  for (const std::string& key : order)
    expected.push_back(key + ", " + groups[key].line());

  const PlannedStage stage(
      describe_aggregate(),
      "{group_by: k, select: {f: first(n), l: last(s), lo: 'arg_min(s, x)', hi: 'arg_max(s, x)', m: "
      "median(x), o: mode(s), j: \"string_agg(s, '+')\", v: variance(n), d: count(distinct n), a: "
      "approx_count_distinct(n), p: count(*) filter (where n > 0)}}",
      {make_schema("k: string, n: int64, x: double, s: string")});
  for (const Record& record : records)
    RC_LOG() << record.key << " " << text(record.n) << " " << text(record.x) << " " << text(record.s) << "\n";
  CollectingEmitter out;
  WorkersAtRandom(1 + random() % 4, random()).run(stage, std::move(input), out);
  RC_ASSERT(lines_of(out.batches()) == expected);
}

}  // namespace
}  // namespace weir
