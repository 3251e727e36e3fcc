#include "stages/formats/line_parser.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace weir {
namespace {

// Groups are written into an array on the stack.
constexpr std::size_t kGroupsMax = 64;

class RegexParser : public LineParser {
 public:
  explicit RegexParser(std::unique_ptr<const re2::RE2> pattern) : pattern_(std::move(pattern)) {
    for (const auto& [number, name] : pattern_->CapturingGroupNames()) {
      fields_.push_back({name, Type::string});
      groups_.push_back(static_cast<std::size_t>(number));
    }
    group_count_ = groups_.empty() ? 0 : groups_.back() + 1;
  }

  const std::vector<Field>& fields() const noexcept override { return fields_; }
  std::size_t group_count() const noexcept { return group_count_; }

  std::optional<std::string> parse(std::string_view text, std::vector<ParsedField>& into) const override {
    std::array<re2::StringPiece, kGroupsMax> groups;
    const bool matches = pattern_->Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED,
                                         groups.data(), static_cast<int>(group_count_));
    if (!matches) return "does not match the pattern";
    for (std::size_t field = 0; field < groups_.size(); ++field) {
      const re2::StringPiece& group = groups[groups_[field]];
      into[field].is_changed = false;
      into[field].is_null = group.data() == nullptr;
      into[field].text = {group.data(), group.size()};
    }
    return std::nullopt;
  }

 protected:
  std::vector<Field> fields_;

 private:
  std::unique_ptr<const re2::RE2> pattern_;
  std::vector<std::size_t> groups_;  ///< of each field
  std::size_t group_count_ = 0;      ///< with the whole match
};

std::unique_ptr<const re2::RE2> compiled(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return std::make_unique<const re2::RE2>(pattern, options);
}

// A quote inside of quotes has a backslash before it, as Apache writes it. Nothing may follow.
constexpr const char* kAccessLog =
    R"re(^(?P<remote_addr>\S+) \S+ (?P<remote_user>\S+) \[(?P<time>[^\]]+)\] )re"
    R"re("(?:(?P<method>[A-Z]+) (?P<path>\S+) (?P<protocol>[^"]+)|(?:[^"\\]|\\.)*)" )re"
    R"re((?P<status>\d{3}) (?P<bytes>\d+|-)(?: "(?P<referer>(?:[^"\\]|\\.)*)" )re"
    R"re("(?P<user_agent>(?:[^"\\]|\\.)*)")?\s*$)re";

// 10/Oct/2000:13:55:36 -0700 as 2000-10-10T13:55:36-0700. False where it is none.
bool make_iso_time(std::string_view text, std::string& iso) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  constexpr std::size_t kSize = 26;
  if (text.size() != kSize || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[20] != ' ')
    return false;
  const std::size_t month = kMonths.find(text.substr(3, 3));
  if (month == std::string_view::npos || month % 3 != 0) return false;
  const std::size_t number = month / 3 + 1;
  iso.assign(text.substr(7, 4));
  iso += number < 10 ? "-0" : "-1";
  iso += static_cast<char>('0' + number % 10);
  iso += '-';
  iso.append(text.substr(0, 2)).append("T").append(text.substr(12, 8)).append(text.substr(21));
  return true;
}

class AccessLogParser final : public RegexParser {
 public:
  AccessLogParser() : RegexParser(compiled(kAccessLog)) {
    for (std::size_t field = 0; field < fields_.size(); ++field) {
      if (fields_[field].name == "time") time_ = field;
      if (fields_[field].name == "status" || fields_[field].name == "bytes")
        fields_[field].type = Type::int64;
    }
    fields_[time_].type = Type::timestamp;
  }

  std::optional<std::string> parse(std::string_view text, std::vector<ParsedField>& into) const override {
    if (RegexParser::parse(text, into)) return "is no line of an access log in the combined format";
    for (ParsedField& field : into)
      if (field.text == "-") field.is_null = true;
    ParsedField& time = into[time_];
    if (!make_iso_time(time.text, time.changed)) return "has a time that is none";
    time.text = time.changed;
    time.is_changed = true;
    return std::nullopt;
  }

 private:
  std::size_t time_ = 0;
};

class LogfmtParser final : public LineParser {
 public:
  explicit LogfmtParser(std::vector<std::string> keys) {
    for (std::string& key : keys)
      fields_.push_back({std::move(key), Type::string});
  }

  const std::vector<Field>& fields() const noexcept override { return fields_; }

  std::optional<std::string> parse(std::string_view text, std::vector<ParsedField>& into) const override {
    for (ParsedField& field : into)
      field.is_null = true;
    ParsedField unwanted;
    for (std::size_t at = text.find_first_not_of(' '); at < text.size();
         at = text.find_first_not_of(' ', at)) {
      const std::size_t key_end = std::min(text.find_first_of(" =", at), text.size());
      const std::string_view key = text.substr(at, key_end - at);
      if (key.empty()) return "has a value without a key";
      ParsedField* field = find(key, into);
      if (field == nullptr) field = &unwanted;
      at = key_end;
      if (at == text.size() || text[at] == ' ') {
        *field = {"true", false, true, "true"};
        field->text = field->changed;
      } else if (!take_value(text, ++at, *field)) {
        return "has a quote that is not closed";
      }
    }
    return std::nullopt;
  }

 private:
  ParsedField* find(std::string_view key, std::vector<ParsedField>& in) const noexcept {
    for (std::size_t field = 0; field < fields_.size(); ++field)
      if (fields_[field].name == key) return &in[field];
    return nullptr;
  }

  // The value at `at`, which moves behind it.
  static bool take_value(std::string_view text, std::size_t& at, ParsedField& field) {
    field.is_null = false;
    field.is_changed = false;
    if (at < text.size() && text[at] == '"') return take_quoted(text, at, field);
    const std::size_t end = std::min(text.find(' ', at), text.size());
    field.text = text.substr(at, end - at);
    at = end;
    return true;
  }

  static bool take_quoted(std::string_view text, std::size_t& at, ParsedField& field) {
    const std::size_t begin = ++at;
    field.changed.clear();
    for (; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) {
        field.is_changed = true;
        ++at;
        field.changed += text[at] == 'n' ? '\n' : text[at] == 't' ? '\t' : text[at];
      } else {
        field.changed += text[at];
      }
    }
    if (at == text.size()) return false;
    field.text = field.is_changed ? std::string_view(field.changed) : text.substr(begin, at - begin);
    ++at;
    return true;
  }

  std::vector<Field> fields_;
};

}  // namespace

std::unique_ptr<LineParser> make_regex_parser(const std::string& pattern, PatternProblem& problem) {
  auto expression = compiled(pattern);
  if (!expression->ok()) {
    problem = {"this is no regular expression: " + expression->error(), "the syntax is RE2's"};
    return nullptr;
  }
  auto parser = std::make_unique<RegexParser>(std::move(expression));
  if (parser->fields().empty()) {
    problem = {"this regular expression has no named group to make a column of",
               "name what is to become a column: (?P<name>...)"};
    return nullptr;
  }
  if (parser->group_count() > kGroupsMax) {
    problem = {"this regular expression has more groups than " + std::to_string(kGroupsMax - 1),
               "write groups that are no columns as (?:...)"};
    return nullptr;
  }
  return parser;
}

std::unique_ptr<LineParser> make_access_log_parser() { return std::make_unique<AccessLogParser>(); }

std::unique_ptr<LineParser> make_logfmt_parser(std::vector<std::string> keys) {
  return std::make_unique<LogfmtParser>(std::move(keys));
}

}  // namespace weir
