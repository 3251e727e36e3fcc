#include "stages/sources/ndjson_refusals.hpp"

#include <string>
#include <string_view>

#include "stages/formats/json_cells.hpp"
#include "stages/records/value_text.hpp"
#include "stages/sources/refusal_words.hpp"

namespace weir {
namespace {

std::string_view kind_of(std::string_view token) {
  switch (token.front()) {
    case '"':
      return "the string";
    case '{':
      return "the object";
    case '[':
      return "the array";
    case 't':
    case 'f':
      return "the bool";
    default:
      return "the number";
  }
}

// The narrowest type that takes the value, too, and all others of the column.
Type wider_type(Type type, std::string_view token) {
  return type == Type::int64 && is_json_number(token) && parse_double(token) ? Type::float64 : Type::string;
}

std::string mend(const std::string& column, Type type, const NdjsonReading& reading) {
  return "; add `types: {" + yaml_key(column) + ": " + std::string(to_string(type)) + "}` to stage " +
         reading.stage;
}

}  // namespace

ErrorInfo describe_refusal(const JsonRefusal& refusal, std::size_t column, const NdjsonReading& reading) {
  if (refusal.kind == JsonRefusal::Kind::no_json) return data_error(refusal.text);
  const Field& field = (*reading.schema)[column];
  const std::string what =
      "column " + field.name + ": " + std::string(kind_of(refusal.text)) + " " + shown(refusal.text);
  if (refusal.kind == JsonRefusal::Kind::no_container)
    return data_error(what + " stands where something else should be that this column lies in");
  if (field.always_null)
    return data_error(what + " came after the fields were sniffed, when this one had no value" +
                      mend(field.name, wider_type(Type::int64, refusal.text), reading));
  return data_error(what + " is not " + with_article(field.type) +
                    mend(field.name, wider_type(field.type, refusal.text), reading));
}

}  // namespace weir
