#include "stages/transforms/sort_prefix.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "tests/stages/testing/record_table.hpp"

namespace weir {
namespace {

using testing::table;

std::vector<SortPrefix> prefixes(const std::string& type, const std::vector<std::string>& values,
                                 bool descending = false) {
  const auto batch = table("k: " + type, values);
  const std::vector<const Column*> keys{&batch->column(0)};
  return sort_prefixes(keys, {descending}, batch->row_set());
}

struct OrderCase {
  const char* type;
  std::vector<std::string> ascending;  ///< each different from the one before
};

TEST(SortPrefix, HasTheOrderOfTheKeyWhicheverWayItGoes) {
  const OrderCase cases[] = {
      {"int64",
       {"-9223372036854775808", "-4294967296", "-65537", "-65536", "-257", "-256", "-2", "-1", "0", "1",
        "255", "256", "65536", "9223372036854775806", "9223372036854775807"}},
      {"double", {"-inf", "-1e300", "-1", "-1e-300", "0", "5e-324", "0.5", "1", "1e300", "inf", "nan"}},
      {"bool", {"false", "true"}},
      {"string", {"", "A", "AB", "ABC", "B", "\xc3\xa9"}},
      {"timestamp", {"1066-10-14 12:00:00", "1970-01-01 00:00:00", "2024-02-29 23:59:59"}},
  };
  for (const OrderCase& each : cases) {
    const auto up = prefixes(each.type, each.ascending);
    const auto down = prefixes(each.type, each.ascending, true);
    const SortPrefix null = prefixes(each.type, {"~"})[0];
    for (std::size_t i = 0; i < up.size(); ++i) {
      EXPECT_LT(up[i], null) << each.type << " " << each.ascending[i];
      EXPECT_LT(down[i], null) << each.type << " " << each.ascending[i];
      if (i == 0) continue;
      EXPECT_LT(up[i - 1], up[i]) << each.type << " " << each.ascending[i];
      EXPECT_GT(down[i - 1], down[i]) << each.type << " " << each.ascending[i];
    }
  }
  EXPECT_EQ(prefixes("double", {"-0"}), prefixes("double", {"0"}));
}

TEST(SortPrefix, HoldsSeveralShortKeysWhole) {
  const auto batch =
      table("a: int64, b: string, c: int64, d: string, e: int64",
            {"2176, LAS, -33, PHL, 70000", "2176, LAS, -33, a longer text, 1", "1, ~, ~, ~, ~"});
  std::vector<const Column*> keys;
  for (std::size_t column = 0; column < 5; ++column)
    keys.push_back(&batch->column(column));
  const auto all = sort_prefixes(keys, std::vector<bool>(5, false), batch->row_set());
  EXPECT_EQ(all[0].whole_keys(), 4u);
  EXPECT_EQ(all[1].whole_keys(), 3u);
  EXPECT_EQ(all[2].whole_keys(), 5u);
}

// Pairs of a string with any bytes and a number: never the wrong way round, whatever is cut off.
RC_GTEST_PROP(SortPrefixModel, NeverContradictsTheKeys, ()) {
  using Key = std::pair<std::string, std::int64_t>;
  const auto bytes = rc::gen::container<std::string>(
      rc::gen::element<char>(0, 1, 2, 'a', 'b', char(0xfd), char(0xfe), char(0xff)));
  const auto keys =
      *rc::gen::container<std::vector<Key>>(rc::gen::pair(bytes, rc::gen::arbitrary<std::int64_t>()));
  const bool first_descends = *rc::gen::arbitrary<bool>();
  const bool second_descends = *rc::gen::arbitrary<bool>();
  ColumnBuilder strings(Type::string, keys.size());
  ColumnBuilder numbers(Type::int64, keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    strings.set_copy(i, keys[i].first);
    numbers.values<std::int64_t>()[i] = keys[i].second;
  }
  const ColumnPtr first = std::move(strings).finish();
  const ColumnPtr second = std::move(numbers).finish();
  const std::vector<const Column*> columns{first.get(), second.get()};
  const auto all = sort_prefixes(columns, {first_descends, second_descends}, RowSet::range(0, keys.size()));
  const auto before = [&](const Key& a, const Key& b) {
    if (a.first != b.first) return first_descends ? a.first > b.first : a.first < b.first;
    return second_descends ? a.second > b.second : a.second < b.second;
  };
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t k = 0; k < keys.size(); ++k) {
      if (all[i] < all[k]) RC_ASSERT(before(keys[i], keys[k]));
      if (all[i] != all[k]) continue;
      if (all[i].whole_keys() > 0) RC_ASSERT(keys[i].first == keys[k].first);
      if (all[i].whole_keys() > 1) RC_ASSERT(keys[i].second == keys[k].second);
    }
  }
}

}  // namespace
}  // namespace weir
