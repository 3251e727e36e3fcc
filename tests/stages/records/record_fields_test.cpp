#include "weir/record_fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "tests/stages/testing/batches.hpp"
#include "tests/stages/testing/record_table.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::table;

struct Everything {
  bool flag = false;
  std::int8_t tiny = 0;
  std::uint16_t small = 0;
  int number = 0;
  unsigned long long large = 0;
  float half = 0;
  double real = 0;
  std::string text;
  Timestamp time;
  bool operator==(const Everything&) const = default;
};

RecordFields<Everything> everything() {
  return fields<Everything>("flag", &Everything::flag, "tiny", &Everything::tiny, "small", &Everything::small,
                            "number", &Everything::number, "large", &Everything::large, "half",
                            &Everything::half, "real", &Everything::real, "text", &Everything::text, "time",
                            &Everything::time);
}

struct Perhaps {
  std::optional<bool> flag;
  std::optional<std::int32_t> number;
  std::optional<double> real;
  std::optional<std::string> text;
  std::optional<Timestamp> time;
  bool operator==(const Perhaps&) const = default;
};

RecordFields<Perhaps> perhaps() {
  return fields<Perhaps>("flag", &Perhaps::flag, "number", &Perhaps::number, "real", &Perhaps::real, "text",
                         &Perhaps::text, "time", &Perhaps::time);
}

struct One {
  std::int32_t n = 0;
};

template <class Thrown, class Call>
std::string thrown_by(const Call& call) {
  try {
    call();
    return "nothing";
  } catch (const Thrown& error) {
    return error.what();
  }
}

Timestamp at(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

TEST(RecordFields, GiveASchema) {
  EXPECT_EQ(*everything().list().schema(),
            testing::make_schema(
                "flag: bool, tiny: int64, small: int64, number: int64, large: int64, half: double, "
                "real: double, text: string, time: timestamp"));
}

TEST(RecordFields, MakeABatchOfItems) {
  const Everything item{
      true, -7, 65535, -2000000000, 9, 0.5F, 1.25, "a text that is not stored inline", at(1'000'000)};
  EXPECT_THAT(lines_of(*everything().batch_of(std::vector{item, Everything{}})),
              ElementsAre("true, -7, 65535, -2000000000, 9, 0.5, 1.25, a text that is not stored inline, "
                          "1970-01-01 00:00:01",
                          "false, 0, 0, 0, 0, 0, 0, , 1970-01-01 00:00:00"));
}

TEST(RecordFields, WriteNullForWhatIsNotThere) {
  const Perhaps item{false, 3, -0.5, "x", at(0)};
  EXPECT_THAT(lines_of(*perhaps().batch_of(std::vector{item, Perhaps{}})),
              ElementsAre("false, 3, -0.5, x, 1970-01-01 00:00:00", "~, ~, ~, ~, ~"));
}

TEST(RecordFields, MakeABatchThatNeedsTheItemsNoLonger) {
  auto items = std::make_unique<std::vector<Perhaps>>(1);
  items->front().text = "a text that is not stored inline";
  const auto batch = perhaps().batch_of(*items);
  items.reset();
  EXPECT_THAT(lines_of(*batch), ElementsAre("~, ~, ~, a text that is not stored inline, ~"));
}

struct Day {
  Date day;
  std::optional<Date> other;
  bool operator==(const Day&) const = default;
};

TEST(RecordFields, TakeDatesForDays) {
  const auto days = fields<Day>("day", &Day::day, "other", &Day::other);
  const std::vector<Day> items = {{Date(std::chrono::days(19'782)), {}}, {{}, Date(std::chrono::days(-1))}};
  const auto batch = days.batch_of(items);
  EXPECT_EQ(batch->schema(), testing::make_schema("day: date, other: date"));
  EXPECT_THAT(lines_of(*batch), ElementsAre("2024-02-29, ~", "1970-01-01, 1969-12-31"));
  EXPECT_EQ(days.items_of(*batch), items);
  EXPECT_THAT(thrown_by<RecordError>([&] {
                days.batch_of(std::vector<Day>{{Date(std::chrono::days(200'000'000)), {}}});
              }),
              ::testing::HasSubstr("column `day`: a date 200000000 days from 1970-01-01 is out of range"));
}

TEST(RecordFields, MakeAnEmptyBatchOfNoItems) {
  EXPECT_EQ(everything().batch_of({})->rows(), 0u);
  EXPECT_THAT(everything().items_of(*everything().batch_of({})), IsEmpty());
}

RC_GTEST_PROP(RecordFields, ReadBackWhatTheyWrote, ()) {
  std::vector<Everything> items;
  std::vector<Perhaps> others;
  const auto real = *rc::gen::arbitrary<double>();
  for (const auto number : *rc::gen::arbitrary<std::vector<std::int32_t>>()) {
    const auto text = std::string(static_cast<std::size_t>(std::abs(number % 40)), 'x');
    const bool odd = number % 2 != 0;
    items.push_back({odd, static_cast<std::int8_t>(number), static_cast<std::uint16_t>(number), number,
                     static_cast<std::uint64_t>(std::abs(std::int64_t{number})), static_cast<float>(number),
                     real, text, at(number)});
    others.push_back(odd ? Perhaps{} : Perhaps{odd, number, real, text, at(number)});
  }
  RC_ASSERT(everything().items_of(*everything().batch_of(items)) == items);
  RC_ASSERT(perhaps().items_of(*perhaps().batch_of(others)) == others);
}

TEST(RecordFields, ReadColumnsByNameWhereverTheyStand) {
  const auto batch = table("other: string, TEXT: string, number: int64", {"a, b, 1", "c, d, ~"});
  const auto some = fields<Perhaps>("number", &Perhaps::number, "text", &Perhaps::text);
  EXPECT_THAT(some.items_of(*batch), ElementsAre(Perhaps{{}, 1, {}, "b", {}}, Perhaps{{}, {}, {}, "d", {}}));
}

TEST(RecordFields, ReadTheRowsOfABatchAlone) {
  const auto batch = table("n: int64", {"1", "2", "3", "~"});
  const auto rows = std::make_shared<const std::vector<std::uint32_t>>(std::vector<std::uint32_t>{0, 2});
  const auto items = fields<One>("n", &One::n).items_of(*batch->with_rows(RowSet::list(rows)));
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[1].n, 3);
  const auto last = std::make_shared<const std::vector<std::uint32_t>>(std::vector<std::uint32_t>{2, 3});
  EXPECT_EQ(thrown_by<RecordError>(
                [&] { fields<One>("n", &One::n).items_of(*batch->with_rows(RowSet::list(last))); }),
            "record 2: column `n`: NULL, and the program's member is no std::optional");
}

TEST(RecordFields, ReadIntegersAsDoubles) {
  const auto some = fields<Perhaps>("real", &Perhaps::real);
  EXPECT_EQ(some.items_of(*table("real: int64", {"12"})).front().real, 12.0);
}

TEST(RecordFields, ReadColumnsThatAreAlwaysNullAsAnyType) {
  EXPECT_THAT(perhaps().items_of(
                  *table("flag: null, number: null, real: null, text: null, time: null", {"~, ~, ~, ~, ~"})),
              ElementsAre(Perhaps{}));
}

TEST(RecordFields, RefuseNullForAMemberThatIsNoOptional) {
  const auto number = fields<One>("n", &One::n);
  constexpr const char* kMessage = "record 2: column `n`: NULL, and the program's member is no std::optional";
  EXPECT_EQ(thrown_by<RecordError>([&] { number.items_of(*table("n: int64", {"1", "~"})); }), kMessage);
  EXPECT_EQ(thrown_by<RecordError>([&] { number.items_of(*table("n: null", {"~"})); }),
            "record 1: column `n`: NULL, and the program's member is no std::optional");
}

TEST(RecordFields, RefuseNumbersThatDoNotFit) {
  const auto number = fields<One>("n", &One::n);
  EXPECT_EQ(thrown_by<RecordError>([&] { number.items_of(*table("n: int64", {"2147483648"})); }),
            "record 1: column `n`: 2147483648 does not fit the program's integer of 32 bits");
  const auto small = fields<Everything>("n", &Everything::small);
  EXPECT_EQ(thrown_by<RecordError>([&] { small.items_of(*table("n: int64", {"-1"})); }),
            "record 1: column `n`: -1 does not fit the program's unsigned integer of 16 bits");
  const auto half = fields<Everything>("n", &Everything::half);
  EXPECT_EQ(thrown_by<RecordError>([&] { half.items_of(*table("n: double", {"1e300"})); }),
            "record 1: column `n`: 1e+300 does not fit the program's float");
  EXPECT_TRUE(std::isinf(half.items_of(*table("n: double", {"inf"})).front().half));
  const auto large = fields<Everything>("n", &Everything::large);
  Everything item;
  item.large = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(thrown_by<RecordError>([&] { large.batch_of(std::vector{item}); }),
            "record 1: column `n`: 18446744073709551615 is too large for an int64");
}

TEST(RecordFields, SayWhichColumnIsMissing) {
  EXPECT_EQ(
      thrown_by<UsageError>([] { fields<One>("price", &One::n).items_of(*table("pirce: int64", {"1"})); }),
      "these records do not fit the program's fields: the program wants a column `price`, and there is none; "
      "did "
      "you mean `pirce`?");
}

TEST(RecordFields, SayWhichColumnHasAnotherType) {
  EXPECT_EQ(
      thrown_by<UsageError>([] { fields<One>("price", &One::n).items_of(*table("price: string", {"x"})); }),
      "these records do not fit the program's fields: the column `price` is of type string, and the program "
      "wants "
      "type int64; let the program's member be a std::string, or convert the column: cast(price as int64)");
}

TEST(RecordFields, RefuseBatchesWithoutTheValues) {
  const auto schema = std::make_shared<const Schema>(testing::make_schema("n: int64"));
  const auto expected =
      "these records do not fit the program's fields: the batch was made without the values of `n`; say "
      "Need::value "
      "for it";
  for (const ColumnPtr& column : {ColumnPtr(), testing::text_column(Type::int64, {"1"})}) {
    const RecordBatch batch(schema, {column}, RowSet::range(0, 1));
    EXPECT_EQ(thrown_by<UsageError>([&] { fields<One>("n", &One::n).items_of(batch); }), expected);
  }
}

TEST(RecordFields, AreMappedToNamesOfTheirOwn) {
  EXPECT_EQ(thrown_by<UsageError>([] { fields<Perhaps>("a", &Perhaps::number, "a", &Perhaps::text); }),
            "two members are mapped to the column `a`; give one of them another name");
  EXPECT_EQ(thrown_by<UsageError>([] { fields<One>("", &One::n); }),
            "a member is mapped to a column without a name; give it one");
}

struct Base {
  int base = 0;
};
struct Derived : Base {
  int own = 0;
};

TEST(RecordFields, MayBeMembersOfABase) {
  Derived item;
  item.base = 1;
  item.own = 2;
  const auto both = fields<Derived>("base", &Derived::base, "own", &Derived::own);
  EXPECT_THAT(lines_of(*both.batch_of(std::vector{item})), ElementsAre("1, 2"));
}

}  // namespace
}  // namespace weir
