// Types and schemas of records. Plain values; nothing here throws.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The types that a column can have, as expressions see them.
enum class Type : unsigned char {
  boolean,
  int64,
  float64,    ///< written `double`
  string,     ///< UTF-8
  timestamp,  ///< microseconds since 1970-01-01 00:00:00 UTC, without a zone
  date,       ///< days since 1970-01-01
};

/// "bool", "int64", "double", "string", "timestamp", "date": as a config writes them.
std::string_view to_string(Type type) noexcept;
std::optional<Type> type_named(std::string_view name) noexcept;

/// A column of a schema: its name and type.
struct Field {
  std::string name;
  Type type = Type::string;
  /// There is no value in the column, NULLs alone: to expressions it is what a bare `null` is, and fits where
  /// any type is wanted. So files without rows go through pipelines that compute with their columns. `type`
  /// is then how its NULLs are stored.
  bool always_null = false;
  friend bool operator==(const Field&, const Field&) = default;
};

/// The columns of a stream, in order. Names are unique.
class Schema {
 public:
  Schema() = default;
  /// Fields of which the names are unique.
  explicit Schema(std::vector<Field> fields) : fields_(std::move(fields)) {}

  std::size_t size() const noexcept { return fields_.size(); }
  /// Requires column < size().
  const Field& operator[](std::size_t column) const { return fields_[column]; }
  const std::vector<Field>& fields() const noexcept { return fields_; }
  auto begin() const noexcept { return fields_.begin(); }
  auto end() const noexcept { return fields_.end(); }

  /// The column of that name: exactly as written or, where nothing is, the only one that differs in case
  /// alone.
  std::optional<std::size_t> find(std::string_view name) const noexcept;
  /// The names alone, in order.
  std::vector<std::string> names() const;

  friend bool operator==(const Schema&, const Schema&) = default;

 private:
  std::vector<Field> fields_;
};

}  // namespace weir
