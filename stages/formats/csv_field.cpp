#include "stages/formats/csv_field.hpp"

#include <algorithm>

namespace weir::csv {
namespace {

// The text between quotes with doubled ones made single.
void append_undoubled(std::string& to, std::string_view inner, char quote) {
  while (!inner.empty()) {
    const std::size_t end = std::min(inner.find(quote), inner.size());
    const std::size_t taken = std::min(end + 1, inner.size());
    to.append(inner, 0, taken);
    inner.remove_prefix(std::min(taken + (end < inner.size() ? 1 : 0), inner.size()));
  }
}

// Where the field that begins `text` ends: before its delimiter, or with the text.
std::size_t field_length(std::string_view text, const Dialect& dialect) {
  std::size_t at = 0;
  if (text.starts_with(dialect.quote)) {
    at = text.find(dialect.quote, 1);
    while (at < text.size() && text.substr(at + 1).starts_with(dialect.quote))
      at = text.find(dialect.quote, at + 2);
  }
  return std::min(text.find(dialect.delimiter, at), text.size());
}

}  // namespace

FieldValue read_field(std::string_view raw, const Dialect& dialect, std::string& scratch) {
  if (raw.empty()) return {raw, true};
  if (raw.front() != dialect.quote) return {raw, raw == dialect.null_text};
  const std::string_view inner = raw.size() < 2 ? std::string_view{} : raw.substr(1, raw.size() - 2);
  if (inner.find(dialect.quote) == std::string_view::npos) return {inner, false};
  scratch.clear();
  append_undoubled(scratch, inner, dialect.quote);
  return {scratch, false};
}

std::vector<std::string> split_record(std::string_view record, const Dialect& dialect) {
  std::vector<std::string> fields;
  std::string scratch;
  for (;;) {
    const std::size_t length = field_length(record, dialect);
    fields.emplace_back(read_field(record.substr(0, length), dialect, scratch).text);
    if (length == record.size()) return fields;
    record.remove_prefix(length + 1);
  }
}

}  // namespace weir::csv
