#include "stages/formats/ndjson_writer.hpp"

#include <cmath>
#include <vector>

#include "stages/records/json_text.hpp"

namespace weir {
namespace {

bool has_json_value(const Column& column, std::size_t row) noexcept {
  const bool is_double = column.type() == Type::float64 && column.encoding() == Encoding::values;
  return !is_double || std::isfinite(column.values<double>()[row]);
}

// What stands before each value: `{"first":`, then `,"second":`.
std::vector<std::string> key_texts(const Schema& schema) {
  std::vector<std::string> keys;
  for (const Field& field : schema) {
    std::string key(keys.empty() ? "{" : ",");
    append_json_string(key, field.name);
    key += ':';
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

void append_ndjson(std::string& to, const RecordBatch& batch) {
  const std::vector<std::string> keys = key_texts(batch.schema());
  batch.row_set().for_each([&](std::size_t row) {
    if (keys.empty()) to += '{';
    for (std::size_t i = 0; i < keys.size(); ++i) {
      to += keys[i];
      if (has_json_value(batch.column(i), row))
        append_json_value(to, batch.column(i), row);
      else
        to += "null";
    }
    to += "}\n";
  });
}

}  // namespace weir
