#include "stages/config/merged_columns.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace weir {
namespace {

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "`" : ", `") + name + "`";
  return text;
}

const Field* find_exactly(const Schema& schema, const std::string& name) {
  const auto found =
      std::find_if(schema.begin(), schema.end(), [&](const Field& field) { return field.name == name; });
  return found == schema.end() ? nullptr : &*found;
}

std::vector<std::string> names_missing(const Schema& wanted, const Schema& given) {
  std::vector<std::string> names;
  for (const Field& field : wanted) {
    if (find_exactly(given, field.name) == nullptr) names.push_back(field.name);
  }
  return names;
}

void report(Problems& problems, const MergedStream& stream, std::string message, std::string mend) {
  const Reference& reference = stream.wire->reference;
  problems.add({reference.where, reference.field, std::move(message), std::move(mend), reference.length});
}

void check_names(const MergedStream& first, const MergedStream& other, Problems& problems) {
  const auto missing = names_missing(*first.schema, *other.schema);
  if (!missing.empty()) {
    report(problems, other,
           "merged streams must have the same columns, and `" + other.name + "` lacks " + list_of(missing) +
               ", which `" + first.name + "` has",
           "add what is missing with `derive`, or give both the same columns with `select`");
  }
  const auto extra = names_missing(*other.schema, *first.schema);
  if (!extra.empty()) {
    report(problems, other,
           "merged streams must have the same columns, and only `" + other.name + "` has " + list_of(extra),
           "give both the same columns with `select`");
  }
}

bool has_values(const MergedStream& stream, const std::string& column) {
  const Field* field = find_exactly(*stream.schema, column);
  return field != nullptr && !field->always_null;
}

// The column of that name, which the first stream has.
Field merge_column(std::span<const MergedStream> streams, const std::string& name, Problems& problems) {
  const auto found = std::find_if(streams.begin(), streams.end(),
                                  [&](const MergedStream& stream) { return has_values(stream, name); });
  const MergedStream& decisive = found == streams.end() ? streams.front() : *found;
  const Field& merged = *find_exactly(*decisive.schema, name);
  for (const MergedStream& other : streams) {
    if (!has_values(other, name)) continue;
    const Type type = find_exactly(*other.schema, name)->type;
    if (type == merged.type) continue;
    report(problems, other,
           "merged streams must have the same types: `" + name + "` is " +
               std::string(to_string(merged.type)) + " in `" + decisive.name + "` and " +
               std::string(to_string(type)) + " in `" + other.name + "`",
           "cast it before: cast(" + name + " as " + std::string(to_string(merged.type)) + ")");
  }
  return merged;
}

}  // namespace

Schema merge_columns(std::span<const MergedStream> streams, Problems& problems) {
  for (const MergedStream& other : streams.subspan(1))
    check_names(streams.front(), other, problems);
  std::vector<Field> fields;
  for (const Field& field : *streams.front().schema)
    fields.push_back(merge_column(streams, field.name, problems));
  return Schema(std::move(fields));
}

}  // namespace weir
