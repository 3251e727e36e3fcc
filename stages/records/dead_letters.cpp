#include "stages/records/dead_letters.hpp"

#include <string>
#include <utility>

#include "weir/record_batch.hpp"

namespace weir {
namespace {

const std::shared_ptr<const Schema>& shared_schema() {
  static const auto schema = std::make_shared<const Schema>(std::vector<Field>{{"stage", Type::string},
                                                                               {"port", Type::string},
                                                                               {"incarnation", Type::int64},
                                                                               {"attempts", Type::int64},
                                                                               {"error_class", Type::string},
                                                                               {"error", Type::string},
                                                                               {"file", Type::string},
                                                                               {"line", Type::int64},
                                                                               {"byte_offset", Type::int64},
                                                                               {"ordinal", Type::int64},
                                                                               {"record", Type::string}});
  return schema;
}

// Columns are filled in the order of the schema; `set(builder, row, letter)` writes one value.
class LetterColumns {
 public:
  explicit LetterColumns(const std::vector<DeadLetter<Batch>>& letters) : letters_(letters) {}

  template <class TextOf>
  void add_text(const TextOf& text_of) {
    ColumnBuilder builder(Type::string, letters_.size());
    for (std::size_t row = 0; row < letters_.size(); ++row) {
      const std::string text = text_of(letters_[row]);
      if (text.empty()) {
        builder.set_null(row);
      } else {
        builder.set_copy(row, text);
      }
    }
    columns_.push_back(std::move(builder).finish());
  }

  /// NULL where `is_known` says so.
  template <class CountOf, class IsKnown>
  void add_count(const CountOf& count_of, const IsKnown& is_known) {
    ColumnBuilder builder(Type::int64, letters_.size());
    for (std::size_t row = 0; row < letters_.size(); ++row) {
      builder.values<std::int64_t>()[row] = static_cast<std::int64_t>(count_of(letters_[row]));
      if (!is_known(letters_[row])) builder.set_null(row);
    }
    columns_.push_back(std::move(builder).finish());
  }

  std::vector<ColumnPtr> take() && { return std::move(columns_); }

 private:
  const std::vector<DeadLetter<Batch>>& letters_;
  std::vector<ColumnPtr> columns_;
};

}  // namespace

const Schema& dead_letter_schema() { return *shared_schema(); }

Batch encode_dead_letters(std::vector<DeadLetter<Batch>>&& letters) {
  const auto always = [](const DeadLetter<Batch>&) { return true; };
  const auto has_input = [](const DeadLetter<Batch>& letter) { return letter.origin.input != nullptr; };
  const auto has_line = [](const DeadLetter<Batch>& letter) { return letter.origin.line > 0; };
  LetterColumns columns(letters);
  columns.add_text([](const DeadLetter<Batch>& letter) { return letter.stage; });
  columns.add_text([](const DeadLetter<Batch>& letter) { return letter.port; });
  columns.add_count([](const DeadLetter<Batch>& letter) { return letter.incarnation; }, always);
  columns.add_count([](const DeadLetter<Batch>& letter) { return letter.attempts; }, always);
  columns.add_text([](const DeadLetter<Batch>& letter) { return std::string(to_string(letter.error.error_class)); });
  columns.add_text([](const DeadLetter<Batch>& letter) { return letter.error.message; });
  columns.add_text(
      [](const DeadLetter<Batch>& letter) { return letter.origin.input ? *letter.origin.input : std::string(); });
  columns.add_count([](const DeadLetter<Batch>& letter) { return letter.origin.line; }, has_line);
  columns.add_count([](const DeadLetter<Batch>& letter) { return letter.origin.byte_offset; }, has_input);
  columns.add_count([](const DeadLetter<Batch>& letter) { return letter.ordinal; }, always);
  columns.add_text(
      [](const DeadLetter<Batch>& letter) { return letter.record ? letter.record->describe(0) : std::string(); });
  return std::make_shared<RecordBatch>(shared_schema(), std::move(columns).take(),
                                       RowSet::range(0, letters.size()));
}

}  // namespace weir
