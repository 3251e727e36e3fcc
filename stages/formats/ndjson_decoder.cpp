#include "stages/formats/ndjson_decoder.hpp"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "stages/formats/json_cells.hpp"
#include "stages/formats/json_fields.hpp"
#include "stages/formats/text_block.hpp"

namespace weir {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

static_assert(kTextPadding >= simdjson::SIMDJSON_PADDING, "simdjson reads on behind the text");

// Why simdjson refused a line, in words for somebody who has the line before his eyes.
std::string explain(error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "the line is not UTF-8; convert the file first, as `iconv -t UTF-8` does";
    case simdjson::UNCLOSED_STRING:
      return "a string is opened and never closed";
    case simdjson::UNESCAPED_CHARS:
      return "a control character stands bare in a string; write it as \\u00XX";
    case simdjson::STRING_ERROR:
      return "a string has an escape that JSON does not have, or half of a surrogate pair";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "the object does not end where its line does; write one object a line";
    case simdjson::INCORRECT_TYPE:
      return "the line is not a JSON object";
    default:
      return std::string("the line is not JSON: ") + simdjson::error_message(error);
  }
}

}  // namespace

class NdjsonDecoder::Implementation {
 public:
  explicit Implementation(std::vector<JsonColumn> columns) : columns_(std::move(columns)) {
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      cells_.emplace_back(columns_[column]);
      root_.add(columns_[column].path, column);
    }
#ifdef SIMDJSON_THREADS_ENABLED
    parser_.threaded = false;  // the engine's threads are enough
#endif
  }

  std::vector<ColumnPtr> decode(const ScannedLines& scanned, std::vector<JsonRefusal>& refusals) {
    scanned_ = &scanned;
    refusals_ = &refusals;
    refusals.clear();
    for (JsonCells& cells : cells_)
      cells.begin(scanned.lines.size());
    for (std::size_t row = decode_stream(); row < scanned.lines.size(); ++row)
      decode_line(row);
    keep_first_refusal_of_each_row();
    std::vector<ColumnPtr> columns;
    for (JsonCells& cells : cells_)
      columns.push_back(cells.finish(scanned.owner));
    return columns;
  }

 private:
  // Parses the lines as one stream; answers the first row that is not known to be whole.
  std::size_t decode_stream() {
    const LineIndex& lines = scanned_->lines;
    if (lines.size() == 0) return 0;
    const std::size_t begin = lines.begin(0);
    const std::size_t size = lines.end(lines.size() - 1) - begin;
    ondemand::document_stream stream;
    if (parser_
            .iterate_many(scanned_->text.data() + begin, size,
                          std::max(size, simdjson::dom::MINIMAL_BATCH_SIZE))
            .get(stream))
      return 0;
    std::size_t row = 0;
    for (auto each = stream.begin(); each != stream.end(); ++each, ++row) {
      // Where a document begins where its line does, the one before it has ended with its own.
      const bool is_at_line = row < lines.size() && begin + each.current_index() == lines.begin(row);
      if (!is_at_line) return row == 0 ? 0 : forget(row - 1);
      ondemand::document_reference document;
      ondemand::object object;
      if ((*each).get(document) || document.get_object().get(object) || read_object(object, root_, row))
        return forget(row);
    }
    return row == lines.size() && stream.truncated_bytes() == 0 ? row : forget(row == 0 ? 0 : row - 1);
  }

  // Takes back what was stored and refused from `row` on; answers it.
  std::size_t forget(std::size_t row) {
    while (!refusals_->empty() && refusals_->back().row >= row)
      refusals_->pop_back();
    if (row < scanned_->lines.size())
      for (JsonCells& cells : cells_)
        cells.clear(row);
    return row;
  }

  void decode_line(std::size_t row) {
    forget(row);
    const LineIndex& lines = scanned_->lines;
    const std::size_t size = lines.end(row) - lines.begin(row);
    const simdjson::padded_string_view line(scanned_->text.data() + lines.begin(row), size,
                                            size + simdjson::SIMDJSON_PADDING);
    ondemand::document document;
    ondemand::object object;
    error_code error = line_parser_.iterate(line).get(document);
    if (!error) error = document.get_object().get(object);
    if (!error) error = read_object(object, root_, row);
    const bool goes_on = !error && document.current_location().error() == simdjson::SUCCESS;
    if (!error && !goes_on) return;
    forget(row);
    refuse(row, JsonRefusal::Kind::no_json, 0,
           goes_on ? "text stands behind the object; write one object a line" : explain(error));
  }

  error_code read_object(ondemand::object& object, JsonNode& node, std::size_t row) {
    const char* const text_end = scanned_->text.data() + scanned_->text.size();
    node.begin_object();
    for (auto each : object) {
      if (const error_code error = each.error()) return error;
      ondemand::field& field = each.value_unsafe();
      JsonNode* const wanted = node.find(field, static_cast<std::size_t>(text_end - field.key().raw()));
      if (wanted == nullptr) continue;
      if (const error_code error = read_value(field.value(), *wanted, row)) return error;
    }
    return simdjson::SUCCESS;
  }

  error_code read_value(ondemand::value value, JsonNode& node, std::size_t row) {
    return node.is_leaf() ? store(value, *node.column(), row) : read_container(value, node, row);
  }

  error_code store(ondemand::value& value, std::size_t column, std::size_t row) {
    JsonCells& cells = cells_[column];
    switch (cells.store(row, value, scanned_->lines.has_backslash())) {
      case JsonCells::Stored::yes:
        absolve(row, column);
        return simdjson::SUCCESS;
      case JsonCells::Stored::misfit:
        refuse(row, JsonRefusal::Kind::misfit, column, std::string(cells.misfit()));
        return simdjson::SUCCESS;
      case JsonCells::Stored::no_json:
        break;
    }
    return token_of(value).starts_with('"') ? simdjson::STRING_ERROR : simdjson::TAPE_ERROR;
  }

  // A value of which columns want the parts, and one perhaps the whole.
  error_code read_container(ondemand::value& value, JsonNode& node, std::size_t row) {
    node.for_each_column([&](std::size_t column) {
      cells_[column].clear(row);
      absolve(row, column);
    });
    const std::string_view token = token_of(value);
    if (token == "null") return simdjson::SUCCESS;
    if (token.starts_with('{') && node.wants_fields()) return read_fields(value, node, row);
    if (token.starts_with('[') && node.wants_elements()) return read_elements(value, node, row);
    if (node.column()) return store(value, *node.column(), row);
    refuse(row, JsonRefusal::Kind::no_container, node.some_column(), std::string(token));
    return simdjson::SUCCESS;
  }

  error_code read_fields(ondemand::value& value, JsonNode& node, std::size_t row) {
    ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    if (const error_code error = store_whole(object, node, row)) return error;
    return read_object(object, node, row);
  }

  error_code read_elements(ondemand::value& value, JsonNode& node, std::size_t row) {
    ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return error;
    if (const error_code error = store_whole(array, node, row)) return error;
    std::size_t index = 0;
    for (auto each : array) {
      ondemand::value element;
      if (const error_code error = std::move(each).get(element)) return error;
      if (JsonNode* const wanted = node.element(index++))
        if (const error_code error = read_value(element, *wanted, row)) return error;
    }
    return simdjson::SUCCESS;
  }

  // An object or array for the column that wants it as text, before its parts are read.
  template <class Container>
  error_code store_whole(Container& container, const JsonNode& node, std::size_t row) {
    if (!node.column()) return simdjson::SUCCESS;
    std::string_view text;
    if (const error_code error = container.raw_json().get(text)) return error;
    if (!cells_[*node.column()].store_container(row, text))
      refuse(row, JsonRefusal::Kind::misfit, *node.column(), std::string(text));
    return container.reset().error();
  }

  void refuse(std::size_t row, JsonRefusal::Kind kind, std::size_t column, std::string text) {
    refusals_->push_back({row, kind, column, std::move(text)});
  }

  // The field came again, and the last one counts.
  void absolve(std::size_t row, std::size_t column) {
    if (refusals_->empty() || refusals_->back().row != row) return;
    std::erase_if(*refusals_, [&](const JsonRefusal& refusal) {
      return refusal.row == row && refusal.column == column && refusal.kind != JsonRefusal::Kind::no_json;
    });
  }

  void keep_first_refusal_of_each_row() {
    const auto same_row = [](const JsonRefusal& a, const JsonRefusal& b) { return a.row == b.row; };
    refusals_->erase(std::unique(refusals_->begin(), refusals_->end(), same_row), refusals_->end());
  }

  const std::vector<JsonColumn> columns_;
  JsonNode root_;
  std::vector<JsonCells> cells_;
  ondemand::parser parser_;
  ondemand::parser line_parser_;

  // Of the batch that is decoded.
  const ScannedLines* scanned_ = nullptr;
  std::vector<JsonRefusal>* refusals_ = nullptr;
};

NdjsonDecoder::NdjsonDecoder(const std::vector<JsonColumn>& columns)
    : implementation_(std::make_unique<Implementation>(columns)) {}

NdjsonDecoder::~NdjsonDecoder() = default;

std::vector<ColumnPtr> NdjsonDecoder::decode(const ScannedLines& scanned,
                                             std::vector<JsonRefusal>& refusals) {
  return implementation_->decode(scanned, refusals);
}

}  // namespace weir
