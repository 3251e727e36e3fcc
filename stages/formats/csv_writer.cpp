#include "stages/formats/csv_writer.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "stages/records/value_text.hpp"

namespace weir::csv {
namespace {

/// A guess at the bytes of a value, to let the text grow rarely.
constexpr std::size_t kValueBytesGuess = 12;

// Knows which bytes of a text make quotes necessary.
class TextWriter {
 public:
  explicit TextWriter(const Dialect& dialect) : dialect_(dialect) {
    for (const char byte : {dialect.delimiter, dialect.quote, '\n', '\r'})
      needs_quotes_[static_cast<unsigned char>(byte)] = true;
  }

  void append(std::string& to, std::string_view text) const {
    if (!must_be_quoted(text)) {
      to += text;
      return;
    }
    to += dialect_.quote;
    for (const char byte : text)
      to.append(byte == dialect_.quote ? 2 : 1, byte);
    to += dialect_.quote;
  }

 private:
  bool must_be_quoted(std::string_view text) const noexcept {
    if (text.empty() || text == dialect_.null_text) return true;
    for (const char byte : text)
      if (needs_quotes_[static_cast<unsigned char>(byte)]) return true;
    return false;
  }

  const Dialect& dialect_;
  std::array<bool, 256> needs_quotes_{};
};

bool is_text(const Column& column) noexcept {
  return column.encoding() == Encoding::text || column.type() == Type::string;
}

}  // namespace

void append_header(std::string& to, const Schema& schema, const Dialect& dialect) {
  const TextWriter text_writer(dialect);
  for (std::size_t column = 0; column < schema.size(); ++column) {
    if (column > 0) to += dialect.delimiter;
    text_writer.append(to, schema[column].name);
  }
  to += '\n';
}

void append_records(std::string& to, const RecordBatch& batch, const Dialect& dialect) {
  const TextWriter text_writer(dialect);
  const std::size_t columns = batch.schema().size();
  to.reserve(to.size() + batch.rows() * columns * kValueBytesGuess);
  std::string number;
  batch.row_set().for_each([&](std::size_t row) {
    for (std::size_t i = 0; i < columns; ++i) {
      const Column& column = batch.column(i);
      if (i > 0) to += dialect.delimiter;
      if (!column.is_valid(row)) {
        to += dialect.null_text;
      } else if (is_text(column)) {
        text_writer.append(to, column.text(row));
      } else {
        // A delimiter may be a point, a minus or a digit.
        number.clear();
        append_value(number, column, row);
        text_writer.append(to, number);
      }
    }
    to += '\n';
  });
}

}  // namespace weir::csv
