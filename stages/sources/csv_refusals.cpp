#include "stages/sources/csv_refusals.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "stages/formats/csv_sniffer.hpp"
#include "stages/records/utf8.hpp"
#include "stages/sources/refused_text.hpp"

namespace weir {
namespace {

/// As much of a value as a message shows.
constexpr std::size_t kShownBytesMax = 80;

// Text for a message: in quotes, on one line, valid UTF-8, not too long.
std::string shown(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string result = "'";
  std::string_view rest = text;
  while (!rest.empty() && text.size() - rest.size() < kShownBytesMax) {
    const std::size_t length = utf8_character_length(rest);
    const auto byte = static_cast<unsigned char>(rest.front());
    if (length == 0 || byte < 0x20) {
      result += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
      rest.remove_prefix(1);
    } else {
      result += rest.substr(0, length);
      rest.remove_prefix(length);
    }
  }
  if (!rest.empty()) result += "...";
  return result + "'";
}

// A name as a key of YAML: plain where that is safe.
std::string yaml_key(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool plain = !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
                     std::all_of(name.begin(), name.end(), is_plain);
  if (plain) return std::string(name);
  std::string quoted = "'";
  for (const char c : name)
    quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

// Where the config is to say that a column has another type.
std::string mend_type(const std::string& column, Type type, const CsvReading& reading) {
  const std::string entry = yaml_key(column) + ": " + std::string(to_string(type));
  if (reading.schema_is_given) return "say `" + entry + "` in the `schema:` of stage " + reading.stage;
  return "add `types: {" + entry + "}` to stage " + reading.stage;
}

std::string_view article(Type type) { return type == Type::int64 ? "an " : "a "; }

ErrorInfo data_error(std::string message) {
  return {ErrorClass::data, std::move(message), "weir::RecordError", nullptr};
}

}  // namespace

ErrorInfo describe_misfit(const csv::Misfit& misfit, const CsvReading& reading) {
  const Field& field = (*reading.schema)[misfit.column];
  const std::string value = "column " + field.name + ": " + shown(misfit.text);
  if (!misfit.is_utf8)
    return data_error(value + " is not UTF-8; convert the file first, as `iconv -t UTF-8` does");
  if (field.always_null)
    return data_error(value + " came after the columns were sniffed, when this one had no value; " +
                      mend_type(field.name, csv::sniff_type(misfit.text), reading));
  return data_error(value + " is not " + std::string(article(field.type)) +
                    std::string(to_string(field.type)) + "; " + mend_type(field.name, Type::string, reading) +
                    " if it is text");
}

ErrorInfo describe_misshape(const csv::MisshapenRow& row, const CsvReading& reading) {
  const std::string quote(1, reading.dialect.quote);
  switch (row.misshape) {
    case csv::Misshape::open_quote:
      return data_error("a quote is opened and never closed; in quoted fields, write " + quote + quote +
                        " for " + quote);
    case csv::Misshape::text_after_quote:
      return data_error("text stands behind a closing quote; in quoted fields, write " + quote + quote +
                        " for " + quote);
    case csv::Misshape::field_count:
      break;
  }
  const std::size_t columns = reading.schema->size();
  const std::string unquoted =
      row.fields > columns ? std::string("'") + reading.dialect.delimiter + "'" : "line ends";
  return data_error("the record has " + std::to_string(row.fields) +
                    (row.fields == 1 ? " field" : " fields") + ", not " + std::to_string(columns) +
                    "; put quotes around fields with " + unquoted + " in them");
}

Batch refused_record(const CsvRange& range, std::size_t begin, std::size_t end) {
  return std::make_shared<RefusedText>(std::string(range.text().substr(begin, end - begin)),
                                       range.origin_at(begin));
}

}  // namespace weir
