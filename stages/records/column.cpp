#include "weir/column.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "stages/records/text_arena.hpp"

namespace weir {

std::size_t value_width(Type type, Encoding encoding) noexcept {
  if (encoding == Encoding::text || type == Type::string) return sizeof(StringSlot);
  return type == Type::boolean ? sizeof(std::uint8_t) : sizeof(std::int64_t);
}

class ColumnBuilder::Arena final : public TextArena {};

// `new` because make_shared has no access to Column's constructor.
ColumnBuilder::ColumnBuilder(Type type, std::size_t rows, Encoding encoding) : column_(new Column) {
  column_->type_ = type;
  column_->encoding_ = encoding;
  column_->size_ = rows;
  column_->values_.resize(rows * value_width(type, encoding));
}

void ColumnBuilder::set_null(std::size_t row) {
  assert(row < column_->size_);
  std::vector<std::uint8_t>& validity = column_->validity_;
  if (validity.empty()) validity.assign((column_->size_ + 7) / 8, 0xff);
  validity[row >> 3] = static_cast<std::uint8_t>(validity[row >> 3] & ~(1u << (row & 7)));
}

void ColumnBuilder::set_null_where(const Column& other) {
  assert(other.size() == column_->size_);
  if (!other.has_nulls()) return;
  std::vector<std::uint8_t>& validity = column_->validity_;
  if (validity.empty()) {
    validity = other.validity_;
    return;
  }
  for (std::size_t i = 0; i < validity.size(); ++i)
    validity[i] = static_cast<std::uint8_t>(validity[i] & other.validity_[i]);
}

void ColumnBuilder::set_copy(std::size_t row, std::string_view text) {
  if (text.size() <= StringSlot::kInline) return set_view(row, text);
  if (!arena_) arena_ = std::make_shared<Arena>();
  set_view(row, arena_->copy(text));
}

void ColumnBuilder::keep(Keepalive buffer) {
  std::vector<Keepalive>& kept = column_->keepalives_;
  if (buffer && std::find(kept.begin(), kept.end(), buffer) == kept.end()) kept.push_back(std::move(buffer));
}

void ColumnBuilder::keep(const Column& other) {
  for (const Keepalive& buffer : other.keepalives_)
    keep(buffer);
}

void ColumnBuilder::truncate(std::size_t rows) {
  assert(rows <= column_->size_);
  column_->size_ = rows;
  column_->values_.resize(rows * value_width(column_->type_, column_->encoding_));
  if (!column_->validity_.empty()) column_->validity_.resize((rows + 7) / 8);
}

ColumnPtr ColumnBuilder::finish() && {
  if (arena_) keep(std::move(arena_));
  return std::move(column_);
}

}  // namespace weir
