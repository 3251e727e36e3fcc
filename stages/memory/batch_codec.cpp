#include "stages/memory/batch_codec.hpp"

#include <cstring>

namespace weir {
namespace {

enum class Kind : unsigned char { absent, values, text };

// What stands before a column's values.
struct ColumnHead {
  Kind kind = Kind::absent;
  bool has_nulls = false;
};

template <class T>
void append(std::string& to, const T& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T take(const char*& from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  from += sizeof value;
  return value;
}

bool holds_slots(const Column& column) {
  return column.encoding() == Encoding::text || column.type() == Type::string;
}

void append_validity(std::string& to, const Column& column, const RowSet& rows) {
  const std::size_t begin = to.size();
  to.resize(begin + (rows.size() + 7) / 8);
  std::size_t i = 0;
  rows.for_each([&](std::size_t row) {
    if (column.is_valid(row)) to[begin + i / 8] = static_cast<char>(to[begin + i / 8] | 1 << i % 8);
    ++i;
  });
}

template <class T>
void append_values(std::string& to, const Column& column, const RowSet& rows) {
  const T* values = column.values<T>();
  const std::size_t begin = to.size();
  to.resize(begin + rows.size() * sizeof(T));
  char* at = to.data() + begin;
  rows.for_each([&](std::size_t row) {
    std::memcpy(at, values + row, sizeof(T));
    at += sizeof(T);
  });
}

void append_strings(std::string& to, const Column& column, const RowSet& rows) {
  const auto* slots = column.values<StringSlot>();
  std::size_t bytes = 0;
  rows.for_each([&](std::size_t row) {
    append(to, static_cast<std::uint32_t>(slots[row].size()));
    bytes += slots[row].size();
  });
  to.reserve(to.size() + bytes);
  rows.for_each([&](std::size_t row) { to.append(slots[row].view()); });
}

void append_column(std::string& to, const ColumnPtr& column, const RowSet& rows) {
  if (!column) return append(to, ColumnHead{});
  const bool is_text = column->encoding() == Encoding::text;
  append(to, ColumnHead{is_text ? Kind::text : Kind::values, column->has_nulls()});
  if (column->has_nulls()) append_validity(to, *column, rows);
  if (holds_slots(*column)) {
    append_strings(to, *column, rows);
  } else if (value_width(column->type(), Encoding::values) == 1) {
    append_values<std::uint8_t>(to, *column, rows);
  } else {
    append_values<std::uint64_t>(to, *column, rows);
  }
}

void read_strings(const char*& from, std::size_t rows, const SpillBlock& block, ColumnBuilder& to) {
  const char* sizes = from;
  const char* text = from + rows * sizeof(std::uint32_t);
  auto* slots = to.values<StringSlot>();
  for (std::size_t row = 0; row < rows; ++row) {
    const auto size = take<std::uint32_t>(sizes);
    slots[row].assign_padded(text, size);
    text += size;
  }
  from = text;
  to.keep(block);
}

ColumnPtr read_column(const char*& from, std::size_t rows, Type type, const SpillBlock& block) {
  const auto head = take<ColumnHead>(from);
  if (head.kind == Kind::absent) return nullptr;
  const Encoding encoding = head.kind == Kind::text ? Encoding::text : Encoding::values;
  ColumnBuilder builder(type, rows, encoding);
  const char* validity = from;
  if (head.has_nulls) from += (rows + 7) / 8;
  if (encoding == Encoding::text || type == Type::string) {
    read_strings(from, rows, block, builder);
  } else {
    const std::size_t bytes = rows * value_width(type, encoding);
    if (bytes > 0) std::memcpy(builder.values<char>(), from, bytes);
    from += bytes;
  }
  for (std::size_t row = 0; head.has_nulls && row < rows; ++row)
    if ((validity[row / 8] >> row % 8 & 1) == 0) builder.set_null(row);
  return std::move(builder).finish();
}

}  // namespace

void append_columns(std::string& to, std::span<const ColumnPtr> columns, const RowSet& rows) {
  append(to, static_cast<std::uint32_t>(rows.size()));
  for (const ColumnPtr& column : columns)
    append_column(to, column, rows);
}

ReadColumns read_columns(const SpillBlock& block, std::size_t at, const Schema& schema) {
  const char* from = block->data() + at;
  ReadColumns read;
  read.rows = take<std::uint32_t>(from);
  read.columns.reserve(schema.size());
  for (const Field& field : schema)
    read.columns.push_back(read_column(from, read.rows, field.type, block));
  read.end = static_cast<std::size_t>(from - block->data());
  return read;
}

}  // namespace weir
