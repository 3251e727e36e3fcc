// CSV read one byte after another, in the most obvious way: what the fast scanner is compared with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::csv::testing {

struct NaiveField {
  std::string text;
  bool quoted = false;
  bool text_after_quote = false;
  friend bool operator==(const NaiveField&, const NaiveField&) = default;
};

struct NaiveRecord {
  std::size_t begin = 0;  ///< in the text
  std::size_t end = 0;    ///< behind its line end
  std::vector<NaiveField> fields;
  bool open_quote = false;
};

class NaiveReader {
 public:
  NaiveReader(std::string_view text, char delimiter, char quote)
      : text_(text), delimiter_(delimiter), quote_(quote) {}

  std::vector<NaiveRecord> read() {
    std::vector<NaiveRecord> records;
    while (at_ < text_.size())
      records.push_back(read_record());
    return records;
  }

 private:
  NaiveRecord read_record() {
    NaiveRecord record;
    record.begin = at_;
    do {
      record.fields.push_back(read_field(record));
    } while (take(delimiter_));
    take('\n');
    record.end = at_;
    return record;
  }

  NaiveField read_field(NaiveRecord& record) {
    NaiveField field;
    if (take(quote_)) {
      field.quoted = true;
      for (;;) {
        if (at_ == text_.size()) {
          record.open_quote = true;
          return field;
        }
        if (!take(quote_))
          field.text += text_[at_++];
        else if (take(quote_))
          field.text += quote_;
        else
          break;
      }
    }
    std::string rest;
    while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n')
      rest += text_[at_++];
    const bool last = at_ == text_.size() || text_[at_] == '\n';
    if (last && rest.ends_with('\r')) rest.pop_back();
    field.text_after_quote = field.quoted && !rest.empty();
    field.text += rest;
    return field;
  }

  bool take(char byte) {
    if (at_ == text_.size() || text_[at_] != byte) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  char delimiter_;
  char quote_;
  std::size_t at_ = 0;
};

}  // namespace weir::csv::testing
