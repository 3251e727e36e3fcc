#include "weir/member_type.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "stages/records/calendar.hpp"
#include "stages/records/value_text.hpp"

namespace weir {
namespace {

constexpr std::size_t kTextBytesMax = std::numeric_limits<std::uint32_t>::max();

template <class T>
inline constexpr bool kIsOptional = !std::is_same_v<typename detail::OptionalValue<T>::type, T>;

// Calls visit(row, member) for each item.
template <class Member, class Visit>
void for_each_member(const MemberRow& members, const RowSet& rows, Visit&& visit) {
  std::byte* at = members.first;
  const std::size_t stride = members.stride;
  rows.for_each([&](std::size_t row) {
    visit(row, *reinterpret_cast<Member*>(at));
    at += stride;
  });
}

template <class Value>
constexpr Type type_of() {
  if constexpr (std::is_same_v<Value, bool>)
    return Type::boolean;
  else if constexpr (std::is_integral_v<Value>)
    return Type::int64;
  else if constexpr (std::is_floating_point_v<Value>)
    return Type::float64;
  else if constexpr (std::is_same_v<Value, std::string>)
    return Type::string;
  else if constexpr (std::is_same_v<Value, Date>)
    return Type::date;
  else
    return Type::timestamp;
}

[[gnu::cold, gnu::noinline]] void refuse(const ColumnErrors& errors, std::size_t row,
                                         const std::string& what) {
  errors.errors.add(row, "column `" + std::string(errors.column) + "`: " + what);
}

template <class Value>
using StoredAs = std::conditional_t<
    type_of<Value>() == Type::boolean, std::uint8_t,
    std::conditional_t<type_of<Value>() == Type::float64, double,
                       std::conditional_t<type_of<Value>() == Type::string, StringSlot, std::int64_t>>>;

// Puts single values into a column.
template <class Value>
class ValueWriter {
 public:
  ValueWriter(const Keepalive& keeper, ColumnBuilder& column, const ColumnErrors& errors)
      : values_(column.template values<StoredAs<Value>>()),
        keeper_(keeper),
        column_(column),
        errors_(errors) {}

  void write(std::size_t row, const Value& value) {
    if constexpr (std::is_same_v<Value, std::string>)
      write_text(row, value);
    else if constexpr (std::is_same_v<Value, bool>)
      values_[row] = value ? 1 : 0;
    else if constexpr (std::is_floating_point_v<Value>)
      values_[row] = value;
    else if constexpr (std::is_same_v<Value, Timestamp>)
      values_[row] = value.time_since_epoch().count();
    else if constexpr (std::is_same_v<Value, Date>)
      write_date(row, value.time_since_epoch().count());
    else if (std::in_range<std::int64_t>(value))
      values_[row] = static_cast<std::int64_t>(value);
    else
      refuse_value(row, std::to_string(value) + " is too large for an int64");
  }
  /// How many bytes the slots point to.
  std::size_t text_bytes() const noexcept { return text_bytes_; }

 private:
  void write_text(std::size_t row, const std::string& text) {
    if (text.size() > kTextBytesMax)
      return refuse_value(row, "a text of " + std::to_string(text.size()) + " bytes is too long");
    if (text.size() > StringSlot::kInline) text_bytes_ += text.size();
    if (keeper_)
      values_[row] = StringSlot(text);
    else
      column_.set_copy(row, text);
  }
  void write_date(std::size_t row, std::int64_t days) {
    if (!is_date(days))
      return refuse_value(row, "a date " + std::to_string(days) + " days from 1970-01-01 is out of range");
    values_[row] = days;
  }
  void refuse_value(std::size_t row, const std::string& what) {
    column_.set_null(row);
    refuse(errors_, row, what);
  }

  StoredAs<Value>* const values_;
  const Keepalive& keeper_;
  ColumnBuilder& column_;
  const ColumnErrors& errors_;
  std::size_t text_bytes_ = 0;
};

template <class Member>
std::size_t write_members(MemberRow members, const RowSet& rows, const Keepalive& keeper,
                          ColumnBuilder& column, const ColumnErrors& errors) {
  using Value = typename detail::OptionalValue<Member>::type;
  ValueWriter<Value> writer(keeper, column, errors);
  for_each_member<const Member>(members, rows, [&](std::size_t row, const Member& member) {
    if constexpr (!kIsOptional<Member>)
      writer.write(row, member);
    else if (member)
      writer.write(row, *member);
    else
      column.set_null(row);
  });
  if (writer.text_bytes() > 0) column.keep(keeper);
  return writer.text_bytes();
}

// Takes single values out of a column whose values are `Stored`.
template <class Value, class Stored>
class ValueReader {
 public:
  ValueReader(const Column& column, const ColumnErrors& errors)
      : values_(column.values<Stored>()), errors_(errors) {}

  template <class Member>
  void read(std::size_t row, Member& member) const {
    if constexpr (std::is_same_v<Value, std::string>) {
      assign_text(member, values_[row].view());
    } else if constexpr (std::is_same_v<Value, bool>) {
      member = values_[row] != 0;
    } else if constexpr (std::is_same_v<Value, Timestamp>) {
      member = Timestamp(std::chrono::microseconds(values_[row]));
    } else if constexpr (std::is_same_v<Value, Date>) {
      member = Date(std::chrono::days(values_[row]));
    } else if (fits(values_[row])) {
      member = static_cast<Value>(values_[row]);
    } else {
      refuse(errors_, row, text_of(values_[row]) + " does not fit the program's " + kind());
    }
  }

 private:
  static void assign_text(std::string& member, std::string_view text) { member.assign(text); }
  static void assign_text(std::optional<std::string>& member, std::string_view text) { member.emplace(text); }

  // Infinities and what is no number are values of a float, too.
  static bool fits(Stored value) {
    if constexpr (std::is_integral_v<Value>)
      return std::in_range<Value>(value);
    else if constexpr (std::is_same_v<Value, float> && std::is_same_v<Stored, double>)
      return !std::isfinite(value) || std::abs(value) <= double{std::numeric_limits<float>::max()};
    else
      return true;
  }
  static std::string text_of(Stored value) {
    std::string text;
    if constexpr (std::is_integral_v<Stored>)
      append_int64(text, value);
    else
      append_double(text, value);
    return text;
  }
  static std::string kind() {
    if constexpr (std::is_same_v<Value, float>)
      return "float";
    else
      return std::string(std::is_signed_v<Value> ? "integer" : "unsigned integer") + " of " +
             std::to_string(8 * sizeof(Value)) + " bits";
  }

  const Stored* const values_;
  const ColumnErrors& errors_;
};

// What becomes of a member whose value is NULL.
template <class Member>
void read_null(std::size_t row, Member& member, const ColumnErrors& errors) {
  if constexpr (kIsOptional<Member>)
    member.reset();
  else
    refuse(errors, row, "NULL, and the program's member is no std::optional");
}

template <class Member, class Stored>
void read_values(const Column& column, const RowSet& rows, const MemberRow& members,
                 const ColumnErrors& errors) {
  const ValueReader<typename detail::OptionalValue<Member>::type, Stored> reader(column, errors);
  if (!column.has_nulls()) {
    for_each_member<Member>(members, rows,
                            [&](std::size_t row, Member& member) { reader.read(row, member); });
    return;
  }
  for_each_member<Member>(members, rows, [&](std::size_t row, Member& member) {
    if (column.is_valid(row))
      reader.read(row, member);
    else
      read_null(row, member, errors);
  });
}

template <class Member>
void read_members(const Column& column, const RowSet& rows, MemberRow members, const ColumnErrors& errors) {
  using Value = typename detail::OptionalValue<Member>::type;
  if (column.type() == type_of<Value>())
    return read_values<Member, StoredAs<Value>>(column, rows, members, errors);
  if constexpr (type_of<Value>() == Type::float64) {
    if (column.type() == Type::int64) return read_values<Member, std::int64_t>(column, rows, members, errors);
  }
  // It has no values, and so perhaps another type.
  for_each_member<Member>(members, rows,
                          [&](std::size_t row, Member& member) { read_null(row, member, errors); });
}

}  // namespace

template <RecordMember T>
const MemberType& member_type() noexcept {
  static constexpr MemberType kType{type_of<typename detail::OptionalValue<T>::type>(), kIsOptional<T>,
                                    write_members<T>, read_members<T>};
  return kType;
}

#define WEIR_MEMBER_TYPE(T)                             \
  template const MemberType& member_type<T>() noexcept; \
  template const MemberType& member_type<std::optional<T>>() noexcept
WEIR_MEMBER_TYPE(bool);
WEIR_MEMBER_TYPE(signed char);
WEIR_MEMBER_TYPE(unsigned char);
WEIR_MEMBER_TYPE(short);
WEIR_MEMBER_TYPE(unsigned short);
WEIR_MEMBER_TYPE(int);
WEIR_MEMBER_TYPE(unsigned);
WEIR_MEMBER_TYPE(long);
WEIR_MEMBER_TYPE(unsigned long);
WEIR_MEMBER_TYPE(long long);
WEIR_MEMBER_TYPE(unsigned long long);
WEIR_MEMBER_TYPE(float);
WEIR_MEMBER_TYPE(double);
WEIR_MEMBER_TYPE(std::string);
WEIR_MEMBER_TYPE(Timestamp);
WEIR_MEMBER_TYPE(Date);
#undef WEIR_MEMBER_TYPE

}  // namespace weir
