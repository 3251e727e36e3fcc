#include "stages/config/yaml_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "stages/config/expression_text.hpp"
#include "stages/config/yaml_source.hpp"
#include "stages/config/yaml_syntax_error.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

// Builds the tree from the parser's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlSource& source, std::string base, Problems& problems)
      : source_(source), base_(std::move(base)), problems_(problems) {}

  // What was read, also when a syntax error left maps and lists open.
  ConfigValue take() {
    while (!open_.empty())
      close();
    return std::move(root_);
  }
  const YamlContext& context() const noexcept { return context_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    ++documents_;
    if (documents_ != 2) return;
    const bool marked = source_.text_at(mark).starts_with("---");
    problems_.add({source_.place(mark),
                   {},
                   marked ? "a config is one YAML document; here begins a second"
                          : "this does not belong to what stands above it",
                   marked ? "keep one document a file" : "check the indentation"});
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    ConfigValue value = node(Kind::null, mark);
    const std::string word = source_.word_at(mark);
    const bool written = word == "null" || word == "Null" || word == "NULL" || word == "~";
    if (expects_key()) {
      value.kind = Kind::scalar;
      value.text = written ? word : "";
    } else if (!written && !open_.empty() && open_.back().key) {
      value.where = open_.back().key_place;  // the parser is already at the next thing
    }
    add(std::move(value));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { add(node(Kind::null, mark)); }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& text) override {
    ConfigValue value = node(Kind::scalar, mark);
    const YamlScalar written = source_.scalar_at(mark, text);
    value.text = text;
    value.quoted = written.quoted;
    value.comment_follows = written.comment_follows;
    value.where = written.where;
    if (written.unclosed) {
      problems_.add({source_.place(mark), {}, "this quote is never closed", "close it, or remove it"});
    }
    if (written.quoted) context_.last_quoted_line = value.where.line;
    add(std::move(value));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Kind::list, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    open(Kind::map, mark);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    ConfigValue value;

    bool is_key = false;
    std::optional<std::string> key;  // of the entry whose value comes next
    Location key_place;
  };

  // A value as far as it is the same for all kinds; refuses what YAML may put before any of them.
  ConfigValue node(Kind kind, const YAML::Mark& mark) {
    const std::string_view text = source_.text_at(mark);
    const char first = text.empty() ? '\0' : text.front();
    if (first == '!' || first == '&' || first == '*') refuse_property(first, mark);
    if (const auto tab = source_.tab_before(mark)) {
      problems_.add({*tab, {}, "a tab stands in the indentation", "indent with blanks"});
    }
    ConfigValue value;
    value.kind = kind;
    value.where = source_.place(mark);
    value.base = base_;
    return value;
  }

  void refuse_property(char first, const YAML::Mark& mark) {
    const std::string what = first == '!' ? "a tag" : first == '&' ? "an anchor" : "an alias";
    const std::string word = source_.word_at(mark);
    problems_.add({source_.place(mark),
                   {},
                   "YAML reads this as " + what + ", which configs do not have: `" + word + "`",
                   "quote the value if it begins with `" + std::string(1, first) + "`",
                   word.size()});
  }

  bool expects_key() const {
    return !open_.empty() && open_.back().value.kind == Kind::map && !open_.back().key;
  }

  void open(Kind kind, const YAML::Mark& mark) {
    const bool is_key = expects_key();
    if (is_key) {
      problems_.add({source_.place(mark),
                     {},
                     "a key must be a name, not a list or a map",
                     "quote the value if it is a text"});
    }
    open_.push_back({node(kind, mark), is_key, std::nullopt, {}});
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();

    if (closed.is_key) {
      closed.value = ConfigValue{};
      closed.value.kind = Kind::scalar;
    }
    add(std::move(closed.value));
  }

  void add(ConfigValue value) {
    if (open_.empty()) {
      if (documents_ <= 1) root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.value.kind == Kind::list) {
      parent.value.items.push_back(std::move(value));
    } else if (!parent.key) {
      parent.key = value.text;
      parent.key_place = value.where;
    } else {
      add_entry(parent, std::move(value));
    }
  }

  // Keys that are the rest of a cut expression (`{x: round(a, 2), y: round(b, 2)}`) are kept: whoever reads
  // the expressions says what happened.
  void add_entry(Open& parent, ConfigValue value) {
    const std::string key = std::move(*parent.key);
    parent.key.reset();
    const auto& entries = parent.value.entries;
    const auto first =
        std::find_if(entries.begin(), entries.end(), [&](const auto& each) { return each.key == key; });
    if (first != entries.end() && is_balanced(key)) {
      const Location& before = parent.value.keys[static_cast<std::size_t>(first - entries.begin())];
      problems_.add({parent.key_place,
                     {},
                     "the key `" + key + "` is given twice; first in line " + std::to_string(before.line),
                     "remove one of them",
                     std::max<std::size_t>(1, key.size())});
      return;
    }
    parent.value.entries.emplace_back(key, std::move(value));
    parent.value.keys.push_back(parent.key_place);
  }

  const YamlSource& source_;
  std::string base_;
  Problems& problems_;
  std::vector<Open> open_;  // maps and lists under way, outermost first
  ConfigValue root_;
  int documents_ = 0;
  YamlContext context_;
};

}  // namespace

ConfigValue read_yaml(std::string_view text, const std::string& file, const std::string& base,
                      Problems& problems) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const YamlSource source(text, file);
  if (const auto place = source.first_invalid_utf8()) {
    problems.add({*place, {}, "this is not UTF-8", "save the config as UTF-8"});
    return {};
  }
  TreeBuilder builder(source, base, problems);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    problems.add(describe_syntax_error(error, source, builder.context()));
  }
  return builder.take();
}

}  // namespace weir
