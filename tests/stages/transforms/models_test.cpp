// Aggregate, sort, distinct and join against models that look at one record at a time: whatever the batches,
// the workers and the order in which batches reach them, and however little memory there is, the output is
// that of the model.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>
#include <optional>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::Delivery;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kSchema = "s: string, n: int64, x: double";

struct Record {
  std::optional<std::string> s;
  std::optional<std::int64_t> n;
  std::optional<double> x;  ///< multiples of 1/4, whose sums are exact anyhow
};

std::string text(const std::optional<std::string>& value) { return value.value_or("~"); }
std::string text(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "~"; }
std::string text(const std::optional<double>& value) {
  if (!value) return "~";
  std::string digits;
  append_double(digits, *value);
  return digits;
}
std::string line(const Record& record) {
  return text(record.s) + ", " + text(record.n) + ", " + text(record.x);
}

template <class T>
rc::Gen<std::optional<T>> nullable(rc::Gen<T> gen) {
  return rc::gen::weightedOneOf<std::optional<T>>(
      {{5, rc::gen::map(std::move(gen), [](T value) { return std::optional<T>(std::move(value)); })},
       {1, rc::gen::just(std::optional<T>())}});
}

// Few different values, so that keys meet; long strings that begin alike, so that prefixes do not decide.
rc::Gen<Record> any_record() {
  const auto strings =
      rc::gen::element<std::string>("", "a", "b", "twelve bytes", "thirteen byte", "thirteen bytes",
                                    "a much longer string", "a much longer strong");
  const auto numbers = rc::gen::oneOf(
      rc::gen::inRange<std::int64_t>(-3, 4),
      rc::gen::element<std::int64_t>(std::numeric_limits<std::int64_t>::max() / 1000, -1'000'000'007));
  const auto doubles = rc::gen::map(rc::gen::inRange(-8, 9), [](int quarter) { return quarter / 4.0 + 0.0; });
  return rc::gen::build<Record>(rc::gen::set(&Record::s, nullable<std::string>(strings)),
                                rc::gen::set(&Record::n, nullable<std::int64_t>(numbers)),
                                rc::gen::set(&Record::x, nullable<double>(doubles)));
}

std::vector<Record> any_records(double scale = 3) {
  return *rc::gen::scale(scale, rc::gen::container<std::vector<Record>>(any_record()));
}

// The records in batches of random sizes, some of which are lists of rows in wider batches.
std::vector<Delivery> split(const std::vector<Record>& records, PortIndex port, std::mt19937_64& random) {
  std::vector<Delivery> batches;
  for (std::size_t begin = 0; begin < records.size();) {
    const std::size_t count = std::min<std::size_t>(records.size() - begin, 1 + random() % 20);
    const bool wide = random() % 2 == 0;
    std::vector<std::string> lines;
    auto rows = std::make_shared<std::vector<std::uint32_t>>();
    for (std::size_t i = begin; i < begin + count; ++i) {
      if (wide) lines.push_back("not a row, 99, 99");
      rows->push_back(static_cast<std::uint32_t>(lines.size()));
      lines.push_back(line(records[i]));
    }
    batches.push_back({port, table(kSchema, lines)->with_rows(RowSet::list(rows)), {0, 0, batches.size()}});
    begin += count;
  }
  return batches;
}

std::vector<std::string> run_at_random(const PlannedStage& stage, std::vector<Delivery> input,
                                       std::mt19937_64& random) {
  CollectingEmitter out;
  WorkersAtRandom(1 + random() % 4, random()).run(stage, std::move(input), out);
  return lines_of(out.batches());
}

PlannedStage plan(StageDescription description, const std::string& yaml, std::size_t inputs = 1,
                  std::shared_ptr<MemoryBudget> memory = nullptr) {
  return PlannedStage(std::move(description), yaml, std::vector<Schema>(inputs, make_schema(kSchema)), {},
                      std::move(memory));
}

// All there is, or so little that all but the smallest inputs go to disk, once or many times.
std::shared_ptr<MemoryBudget> any_memory(std::vector<std::size_t> sizes = {0, 2'000, 8'000, 40'000}) {
  const auto bytes = *rc::gen::elementOf(sizes);
  return bytes == 0 ? nullptr : testing::little_memory(bytes);
}

// One group of the model.
struct Group {
  std::int64_t rows = 0;
  std::int64_t numbers = 0;
  std::int64_t sum = 0;
  double total = 0;
  std::int64_t doubles = 0;
  std::optional<std::int64_t> least;
  std::optional<std::string> greatest;

  void add(const Record& record) {
    ++rows;
    if (record.n) {
      ++numbers;
      sum += *record.n;
      least = least ? std::min(*least, *record.n) : *record.n;
    }
    if (record.x) {
      ++doubles;
      total += *record.x;
    }
    if (record.s && (!greatest || *record.s > *greatest)) greatest = record.s;
  }
  std::string line() const {
    const auto sum_text = numbers > 0 ? std::optional(sum) : std::nullopt;
    const auto mean = doubles > 0 ? std::optional(total / static_cast<double>(doubles)) : std::nullopt;
    return std::to_string(rows) + ", " + text(sum_text) + ", " + text(mean) + ", " + text(least) + ", " +
           text(greatest);
  }
};

template <class KeyOf>
std::vector<std::string> model_aggregate(const std::vector<Record>& records, KeyOf key_of) {
  std::vector<std::string> order;
  std::map<std::string, Group> groups;
  for (const Record& record : records) {
    const std::string key = key_of(record);
    if (groups.count(key) == 0) order.push_back(key);
    groups[key].add(record);
  }
  std::vector<std::string> lines;
  for (const std::string& key : order)
    lines.push_back(key + ", " + groups[key].line());
  return lines;
}

constexpr const char* kSelect =
    "select: {rows: count(*), sum: sum(n), mean: avg(x), least: min(n), last: max(s)}}";

template <class KeyOf>
void check_aggregate(const std::string& group_by, KeyOf key_of) {
  const auto records = any_records();
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  const PlannedStage stage = plan(describe_aggregate(), "{group_by: " + group_by + ", " + kSelect);
  RC_ASSERT(run_at_random(stage, split(records, 0, random), random) == model_aggregate(records, key_of));
}

RC_GTEST_PROP(AggregateModel, GroupsByOneString, ()) {
  check_aggregate("s", [](const Record& r) { return text(r.s); });
}
RC_GTEST_PROP(AggregateModel, GroupsByOneInteger, ()) {
  check_aggregate("n", [](const Record& r) { return text(r.n); });
}
RC_GTEST_PROP(AggregateModel, GroupsByOneDouble, ()) {
  check_aggregate("x", [](const Record& r) { return text(r.x); });
}
RC_GTEST_PROP(AggregateModel, GroupsByOneBoolean, ()) {
  check_aggregate("[n > 0 as positive]", [](const Record& r) {
    return !r.n ? std::string("~") : *r.n > 0 ? "true" : "false";
  });
}
RC_GTEST_PROP(AggregateModel, GroupsByAllColumns, ()) {
  check_aggregate("[s, x, n]",
                  [](const Record& r) { return text(r.s) + ", " + text(r.x) + ", " + text(r.n); });
}

// NULLs last in both directions.
template <class T>
int model_compare(const std::optional<T>& a, const std::optional<T>& b, bool descending) {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  const int order = *a < *b ? -1 : *b < *a ? 1 : 0;
  return descending ? -order : order;
}

template <class Compare>
void check_sort(const std::string& by, Compare compare) {
  auto records = any_records();
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  const std::vector<Delivery> input = split(records, 0, random);
  std::stable_sort(records.begin(), records.end(),
                   [&](const Record& a, const Record& b) { return compare(a, b) < 0; });
  std::vector<std::string> expected;
  for (const Record& record : records)
    expected.push_back(line(record));
  RC_ASSERT(run_at_random(plan(describe_sort(), "by: " + by, 1, any_memory()), input, random) == expected);

  const std::size_t limit = random() % 30;
  expected.resize(std::min(expected.size(), limit));
  const PlannedStage limited =
      plan(describe_sort(), "{by: " + by + ", limit: " + std::to_string(limit) + "}", 1, any_memory());
  RC_ASSERT(run_at_random(limited, input, random) == expected);
}

RC_GTEST_PROP(SortModel, SortsByStringThenNumber, ()) {
  check_sort("[s, n desc]", [](const Record& a, const Record& b) {
    const int order = model_compare(a.s, b.s, false);
    return order != 0 ? order : model_compare(a.n, b.n, true);
  });
}
RC_GTEST_PROP(SortModel, SortsByStringDownwards, ()) {
  check_sort("[s desc]", [](const Record& a, const Record& b) { return model_compare(a.s, b.s, true); });
}
RC_GTEST_PROP(SortModel, SortsByNumberThenDouble, ()) {
  check_sort("[n, x desc]", [](const Record& a, const Record& b) {
    const int order = model_compare(a.n, b.n, false);
    return order != 0 ? order : model_compare(a.x, b.x, true);
  });
}

// The best of each group, by looking at all records in order.
RC_GTEST_PROP(SortModel, LimitsEachGroup, ()) {
  auto records = any_records();
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  const std::vector<Delivery> input = split(records, 0, random);
  const std::size_t limit = random() % 4;
  std::stable_sort(records.begin(), records.end(), [&](const Record& a, const Record& b) {
    const int order = model_compare(a.x, b.x, true);
    return (order != 0 ? order : model_compare(a.s, b.s, false)) < 0;
  });
  std::map<std::string, std::size_t> counts;
  std::vector<std::string> expected;
  for (const Record& record : records)
    if (counts[text(record.n)]++ < limit) expected.push_back(line(record));
  const PlannedStage stage =
      plan(describe_sort(), "{by: [x desc, s], per: n, limit: " + std::to_string(limit) + "}");
  RC_ASSERT(run_at_random(stage, input, random) == expected);
}

RC_GTEST_PROP(DistinctModel, KeepsTheFirstOrLastOfEachKey, ()) {
  const auto records = any_records();
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  const bool last = *rc::gen::arbitrary<bool>();
  const bool ordered = *rc::gen::arbitrary<bool>();
  std::map<std::string, std::size_t> kept;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto [at, is_new] = kept.emplace(text(records[i].s), i);
    if (is_new) continue;
    const int order = ordered ? model_compare(records[i].n, records[at->second].n, true) : 0;
    if (last ? order >= 0 : order < 0) at->second = i;
  }
  std::map<std::size_t, std::string> expected;
  for (const auto& [key, i] : kept)
    expected[i] = line(records[i]);
  std::vector<std::string> lines;
  for (const auto& [i, text] : expected)
    lines.push_back(text);
  const PlannedStage stage =
      plan(describe_distinct(), std::string("{by: s, keep: ") + (last ? "last" : "first") +
                                    (ordered ? ", order_by: n desc}" : "}"));
  RC_ASSERT(run_at_random(stage, split(records, 0, random), random) == lines);
}

// What a join gives out, by the definition of each kind.
template <class SameKey>
std::vector<std::string> model_join(const std::string& how, const std::vector<Record>& left,
                                    const std::vector<Record>& right, SameKey same_key) {
  std::vector<std::string> lines;
  std::vector<bool> matched(right.size(), false);
  for (const Record& record : left) {
    std::size_t matches = 0;
    for (std::size_t i = 0; i < right.size(); ++i) {
      if (!same_key(record, right[i])) continue;
      matched[i] = true;
      ++matches;
      if (how != "semi" && how != "anti") lines.push_back(line(record) + ", " + line(right[i]));
    }
    if ((how == "left" || how == "full") && matches == 0) lines.push_back(line(record) + ", ~, ~, ~");
    if (how == (matches > 0 ? "semi" : "anti")) lines.push_back(line(record));
  }
  for (std::size_t i = 0; i < right.size() && how == "full"; ++i)
    if (!matched[i]) lines.push_back("~, ~, ~, " + line(right[i]));
  return lines;
}

template <class SameKey>
void check_join(const std::string& on, SameKey same_key) {
  const auto left = any_records(1);
  const auto right = any_records(1);
  const auto how = *rc::gen::element<std::string>("inner", "left", "full", "semi", "anti");
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  const PlannedStage stage =
      plan(describe_join(), "{on: " + on + ", how: " + how + "}", 2, any_memory({0, 20'000}));
  std::vector<Delivery> input = split(left, 0, random);
  for (Delivery& each : split(right, 1, random))
    input.push_back(std::move(each));
  RC_ASSERT(run_at_random(stage, std::move(input), random) == model_join(how, left, right, same_key));
}

RC_GTEST_PROP(JoinModel, JoinsOnOneString, ()) {
  check_join("[s || '']", [](const Record& a, const Record& b) { return a.s && a.s == b.s; });
}
RC_GTEST_PROP(JoinModel, JoinsOnOneNumber, ()) {
  check_join("[n + 0]", [](const Record& a, const Record& b) { return a.n && a.n == b.n; });
}
RC_GTEST_PROP(JoinModel, JoinsIntegersWithDoubles, ()) {
  check_join("{n: x}", [](const Record& a, const Record& b) {
    return a.n && b.x && static_cast<double>(*a.n) == *b.x;
  });
}
RC_GTEST_PROP(JoinModel, JoinsOnSeveralKeys, ()) {
  check_join("[s || '', x + 0]",
             [](const Record& a, const Record& b) { return a.s && a.x && a.s == b.s && a.x == b.x; });
}

}  // namespace
}  // namespace weir
