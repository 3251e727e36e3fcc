#include "stages/formats/ndjson_sniffer.hpp"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "stages/formats/csv_sniffer.hpp"
#include "stages/formats/json_cells.hpp"
#include "stages/formats/line_index.hpp"
#include "stages/formats/plain_text.hpp"
#include "stages/formats/type_guess.hpp"
#include "stages/records/value_text.hpp"

namespace weir {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

/// Deeper objects stay whole.
constexpr std::size_t kDepthMax = 8;

// A number that 64 bits do not hold keeps its digits only as text.
Type type_of_number(std::string_view token) noexcept {
  const bool is_whole = token.find_first_of(".eE") == std::string_view::npos;
  if (is_whole) return parse_int64(token) ? Type::int64 : Type::string;
  return parse_double(token) ? Type::float64 : Type::string;
}

Type type_of_string(ondemand::value& value) {
  std::string_view text;
  if (value.get_string().get(text)) return Type::string;
  const Type type = csv::sniff_type(text);
  return type == Type::timestamp || type == Type::date ? type : Type::string;
}

}  // namespace

// What was seen at one place of the objects.
class NdjsonSniffer::Value {
 public:
  error_code look_at(ondemand::value value, std::size_t depth) {
    const std::string_view token = token_of(value);
    if (token == "null") return simdjson::SUCCESS;
    if (token.starts_with('{') && depth < kDepthMax) {
      ondemand::object object;
      if (const error_code error = value.get_object().get(object)) return error;
      has_been_object_ = true;
      return look_at(object, depth);
    }
    has_been_other_ = true;
    if (token.starts_with('"'))
      guess_.add(type_of_string(value));
    else if (token == "true" || token == "false")
      guess_.add(Type::boolean);
    else
      guess_.add(is_json_number(token) ? type_of_number(token) : Type::string);
    return simdjson::SUCCESS;
  }

  error_code look_at(ondemand::object& object, std::size_t depth) {
    for (auto each : object) {
      ondemand::field field;
      std::string_view key;
      if (const error_code error = std::move(each).get(field)) return error;
      ondemand::value value = field.value();
      if (const error_code error = field.unescaped_key().get(key)) return error;
      Value* const found = find(key);
      if (found == nullptr) continue;
      if (const error_code error = found->look_at(value, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  void add_fields(std::vector<JsonField>& to, JsonPath& path) const {
    const bool has_parts = has_been_object_ && !has_been_other_ && !parts_.empty();
    if (!path.empty() && !has_parts) {
      const bool is_seen = has_been_object_ || has_been_other_;
      to.push_back({path, has_been_object_ ? Type::string : guess_.type(), is_seen});
      return;
    }
    for (const auto& [key, part] : parts_) {
      path.push_back({key});
      part.add_fields(to, path);
      path.pop_back();
    }
  }

 private:
  // Null where there are too many already.
  Value* find(std::string_view key) {
    const auto found =
        std::find_if(parts_.begin(), parts_.end(), [&](const auto& part) { return part.first == key; });
    if (found != parts_.end()) return &found->second;
    if (parts_.size() > kJsonColumnsMax) return nullptr;
    return &parts_.emplace_back(std::string(key), Value()).second;
  }

  std::vector<std::pair<std::string, Value>> parts_;  ///< of an object, in the order they first came
  TypeGuess guess_;                                   ///< of other values
  bool has_been_object_ = false;
  bool has_been_other_ = false;
};

NdjsonSniffer::NdjsonSniffer() : root_(std::make_unique<Value>()) {}

NdjsonSniffer::~NdjsonSniffer() = default;

std::size_t NdjsonSniffer::look_at(std::string_view beginning, bool is_whole, std::size_t rows_max) {
  const std::string_view whole_lines =
      is_whole ? beginning : beginning.substr(0, end_of_last_line(beginning));
  LineIndex lines(LineIndex::Blanks::none);
  lines.scan(whole_lines, byte_order_mark_length(whole_lines), std::max<std::size_t>(rows_max, 1));
  const std::size_t rows = std::min(lines.size(), rows_max);
  has_seen_all_ = has_seen_all_ && is_whole && rows == lines.size() && lines.next() == whole_lines.size();
  ondemand::parser parser;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t size = lines.end(row) - lines.begin(row);
    const simdjson::padded_string_view line(whole_lines.data() + lines.begin(row), size,
                                            size + simdjson::SIMDJSON_PADDING);
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(line).get(document) || document.get_object().get(object)) continue;
    // A line that breaks off half way has told of some of its fields; the reader will refuse it.
    if (root_->look_at(object, 0)) continue;
  }
  return rows;
}

std::vector<JsonField> NdjsonSniffer::fields() const {
  std::vector<JsonField> fields;
  JsonPath path;
  root_->add_fields(fields, path);
  return fields;
}

}  // namespace weir
