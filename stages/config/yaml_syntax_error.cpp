#include "stages/config/yaml_syntax_error.hpp"

#include <string>
#include <string_view>

namespace weir {
namespace {

struct Words {
  std::string message;
  std::string mend;
};

const char* const kQuoteWhole = "quote the whole value";
const char* const kCheckIndentation = "check the indentation";

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> choices) {
  for (const std::string_view choice : choices) {
    if (text == choice) return true;
  }
  return false;
}

// The words for errors that say all by themselves.
Words words_for(std::string_view error, char at) {
  namespace messages = YAML::ErrorMsg;
  if (is_any_of(error, {messages::ALIAS_NOT_FOUND, messages::UNKNOWN_ANCHOR, messages::CHAR_IN_ALIAS})) {
    return {"YAML reads a `*` at the beginning of a value as an alias, which configs do not have",
            kQuoteWhole};
  }
  if (is_any_of(error, {messages::ANCHOR_NOT_FOUND, messages::CHAR_IN_ANCHOR})) {
    return {"YAML reads a `&` at the beginning of a value as an anchor, which configs do not have",
            kQuoteWhole};
  }
  if (is_any_of(error, {messages::TAG_WITH_NO_SUFFIX, messages::CHAR_IN_TAG_HANDLE})) {
    return {"YAML reads a `!` at the beginning of a value as a tag, which configs do not have", kQuoteWhole};
  }
  if (error == messages::UNKNOWN_TOKEN) {
    return {"a value cannot begin with `" + std::string(1, at) + "` in YAML", kQuoteWhole};
  }
  if (error.starts_with(messages::INVALID_ESCAPE)) {
    return {"`\\" + std::string(error.substr(std::string_view(messages::INVALID_ESCAPE).size())) +
                "` means nothing inside double quotes",
            "use single quotes, or write `\\\\` for a backslash"};
  }
  if (error == messages::BLOCK_ENTRY) return {"a list cannot begin here", "begin it on a line of its own"};
  if (error == messages::CHAR_IN_BLOCK) {
    return {"a value cannot begin with `|` or `>` and go on in the same line", kQuoteWhole};
  }
  return {"this is not YAML: " + std::string(error), ""};
}

// Whether `before`, what stands in a line before the error, has a value begun.
bool is_inside_value(std::string_view before) {
  return before.find(": ") != std::string_view::npos || before.find("- ") != std::string_view::npos;
}

}  // namespace

Diagnostic describe_syntax_error(const YAML::Exception& error, const YamlSource& source,
                                 const YamlContext& context) {
  namespace messages = YAML::ErrorMsg;
  Diagnostic diagnostic{source.place(error.mark), {}, {}, {}};
  const auto say = [&](std::string message, std::string mend) {
    diagnostic.message = std::move(message);
    diagnostic.mend = std::move(mend);
    return diagnostic;
  };
  const auto tab = source.tab_before(error.mark);
  if (tab || error.msg == messages::TAB_IN_INDENTATION) {
    if (tab) diagnostic.where = *tab;
    return say("a tab stands in the indentation", "indent with blanks");
  }
  const bool ends_map = is_any_of(error.msg, {messages::END_OF_MAP, messages::END_OF_SEQ});
  const bool ends_flow =
      is_any_of(error.msg, {messages::END_OF_MAP_FLOW, messages::END_OF_SEQ_FLOW, messages::FLOW_END});
  if ((ends_map || ends_flow) && context.last_quoted_line == diagnostic.where.line) {
    return say("YAML ended this value at its closing quote; more follows", kQuoteWhole);
  }
  if (ends_flow && source.line_of(error.mark).find("${") != std::string_view::npos) {
    return say("inside `[ ]` and `{ }`, YAML reads `${` as the beginning of a map", "quote it: \"${...}\"");
  }
  const auto bracket = source.open_bracket_before(error.mark);
  if ((ends_flow || error.msg == messages::BLOCK_ENTRY) && bracket) {
    diagnostic.where = *bracket;
    return say("this bracket is never closed", "close it, and quote values that hold brackets or braces");
  }
  if (error.msg == messages::MAP_VALUE && is_inside_value(source.line_before(error.mark))) {
    return say("a `: ` inside a value ends it in YAML", kQuoteWhole);
  }
  if (ends_map || error.msg == messages::MAP_VALUE) {
    return say("this does not fit the indentation above it", kCheckIndentation);
  }
  const std::string_view rest = source.text_at(error.mark);
  Words words = words_for(error.msg, rest.empty() ? ' ' : rest.front());
  return say(std::move(words.message), std::move(words.mend));
}

}  // namespace weir
