#include "stages/formats/csv_decoder.hpp"

#include <algorithm>
#include <optional>

#include "stages/formats/csv_field.hpp"
#include "stages/formats/short_number.hpp"
#include "stages/records/utf8.hpp"
#include "stages/records/value_text.hpp"

namespace weir::csv {
namespace {

// What decoding one column needs, whatever its type.
struct ColumnInput {
  const ScannedText& scanned;
  std::size_t column;
  ColumnFields fields;
  std::vector<Misfit>& misfits;

  std::size_t rows() const noexcept { return scanned.rows.rows(); }
  std::string_view raw(std::size_t row) const noexcept {
    const std::size_t begin = fields.begin(row);
    return {scanned.text.data() + begin, fields.end(row) - begin};
  }
  void add_misfit(std::size_t row, std::string_view text, bool is_utf8) const {
    misfits.push_back({row, column, std::string(text), is_utf8});
  }
};

// Decodes one value in the general way: NULL, quotes, everything that `parse` takes.
template <class Value, class Parse>
void decode_general(const ColumnInput& input, std::size_t row, Parse&& parse, ColumnBuilder& builder,
                    std::string& scratch) {
  const FieldValue field = read_field(input.raw(row), input.scanned.dialect, scratch);
  if (field.is_null) return builder.set_null(row);
  if (const auto value = parse(field.text))
    builder.values<Value>()[row] = static_cast<Value>(*value);
  else
    input.add_misfit(row, field.text, is_valid_utf8(field.text));
}

template <class Value, class Parse>
ColumnPtr decode_parsed(const ColumnInput& input, Type type, Parse&& parse) {
  ColumnBuilder builder(type, input.rows());
  std::string scratch;
  for (std::size_t row = 0; row < input.rows(); ++row)
    decode_general<Value>(input, row, parse, builder, scratch);
  return std::move(builder).finish();
}

// Numbers, by `read_short` where they are as short as most.
template <class Value, class ReadShort, class Parse>
ColumnPtr decode_numbers(const ColumnInput& input, Type type, ReadShort read_short, Parse parse) {
  // Digits that stand for NULL must not be read as a number.
  const std::string& null_text = input.scanned.dialect.null_text;
  if (!null_text.empty() && parse(null_text)) return decode_parsed<Value>(input, type, parse);

  ColumnBuilder builder(type, input.rows());
  auto* values = builder.template values<Value>();
  const char* text = input.scanned.text.data();
  std::string scratch;
  for (std::size_t row = 0, rows = input.rows(); row < rows; ++row) {
    const std::size_t begin = input.fields.begin(row);
    const std::size_t end = input.fields.end(row);
    if (!read_short(text + end, end - begin, values[row])) [[unlikely]]
      decode_general<Value>(input, row, parse, builder, scratch);
  }
  return std::move(builder).finish();
}

ColumnPtr decode_integers(const ColumnInput& input) {
  const auto read = [](const char* end, std::size_t length, std::int64_t& value) {
    return read_short_integer(end, length, value);
  };
  return decode_numbers<std::int64_t>(input, Type::int64, read, parse_int64);
}

ColumnPtr decode_doubles(const ColumnInput& input) {
  const auto read = [](const char* end, std::size_t length, double& value) {
    return read_short_decimal(end, length, value);
  };
  return decode_numbers<double>(input, Type::float64, read, parse_double);
}

// Stores a string in the general way: NULL, quotes, doubled quotes.
void decode_general_string(const ColumnInput& input, std::size_t row, ColumnBuilder& builder,
                           std::string& scratch) {
  const FieldValue field = read_field(input.raw(row), input.scanned.dialect, scratch);
  if (field.is_null)
    builder.set_null(row);
  else if (field.text.data() == scratch.data())
    builder.set_copy(row, field.text);
  else
    builder.set_view(row, field.text);
}

// Strings, and bytes that are merely copied: slots that point into the text, save where quotes were doubled.
ColumnPtr decode_strings(const ColumnInput& input, Type type, Encoding encoding) {
  ColumnBuilder builder(type, input.rows(), encoding);
  auto* slots = builder.values<StringSlot>();
  const char* text = input.scanned.text.data();
  const char quote = input.scanned.dialect.quote;
  const bool any_may_be_null = !input.scanned.dialect.null_text.empty();
  std::string scratch;
  std::size_t longest = 0;
  for (std::size_t row = 0, rows = input.rows(); row < rows; ++row) {
    const std::size_t begin = input.fields.begin(row);
    const std::size_t length = input.fields.end(row) - begin;
    longest = std::max(longest, length);
    if (length == 0 || text[begin] == quote || any_may_be_null)
      decode_general_string(input, row, builder, scratch);
    else
      slots[row].assign_padded(text + begin, length);
  }
  if (longest > StringSlot::kInline) builder.keep(input.scanned.owner);
  return std::move(builder).finish();
}

void refuse_invalid_utf8(const ColumnInput& input, const Column& column) {
  if (!input.scanned.rows.has_non_ascii()) return;
  for (std::size_t row = 0; row < column.size(); ++row)
    if (const std::string_view text = column.text(row); !is_valid_utf8(text))
      input.add_misfit(row, text, false);
}

}  // namespace

ColumnPtr decode_column(const ScannedText& scanned, std::size_t column, Type type, Encoding encoding,
                        std::vector<Misfit>& misfits) {
  const ColumnInput input{scanned, column, scanned.rows.column(column), misfits};
  if (encoding == Encoding::text) return decode_strings(input, type, encoding);
  switch (type) {
    case Type::boolean:
      return decode_parsed<std::uint8_t>(input, type, parse_boolean);
    case Type::int64:
      return decode_integers(input);
    case Type::float64:
      return decode_doubles(input);
    case Type::timestamp:
      return decode_parsed<std::int64_t>(input, type, parse_timestamp);
    case Type::date:
      return decode_parsed<std::int64_t>(input, type, parse_date);
    case Type::string:
      break;
  }
  ColumnPtr strings = decode_strings(input, type, encoding);
  refuse_invalid_utf8(input, *strings);
  return strings;
}

}  // namespace weir::csv
