#include "stages/aggregates/value_cell.hpp"

namespace weir {
namespace {

// Of what is no string.
std::int64_t rank_at(const Column& column, std::size_t row) noexcept {
  switch (column.type()) {
    case Type::boolean:
      return rank_of(column.values<std::uint8_t>()[row]);
    case Type::float64:
      return rank_of(column.values<double>()[row]);
    case Type::string:
    case Type::int64:
    case Type::date:
    case Type::timestamp:
      break;
  }
  return column.values<std::int64_t>()[row];
}

}  // namespace

ValueCell::ValueCell(const Column& column, std::size_t row) : null_(!column.is_valid(row)) {
  if (null_) return;
  if (column.type() == Type::string) {
    text_ = column.text(row);
  } else {
    rank_ = rank_at(column, row);
  }
}

void ValueCell::store(ColumnBuilder& to, std::size_t row) const {
  if (null_) return to.set_null(row);
  switch (to.type()) {
    case Type::boolean:
      to.values<std::uint8_t>()[row] = value_of<std::uint8_t>(rank_);
      return;
    case Type::float64:
      to.values<double>()[row] = value_of<double>(rank_);
      return;
    case Type::string:
      return to.set_copy(row, text_);
    case Type::int64:
    case Type::date:
    case Type::timestamp:
      to.values<std::int64_t>()[row] = rank_;
      return;
  }
}

std::strong_ordering ValueCell::compare(const Column& column, std::size_t row) const noexcept {
  if (column.type() == Type::string) return text_.compare(column.text(row)) <=> 0;
  return rank_ <=> rank_at(column, row);
}

std::strong_ordering compare_rows(const Column& column, std::size_t a, std::size_t b) noexcept {
  if (column.type() == Type::string) return column.text(a).compare(column.text(b)) <=> 0;
  return rank_at(column, a) <=> rank_at(column, b);
}

}  // namespace weir
