#include "stages/expressions/regular_expression.hpp"

#include <re2/re2.h>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"

namespace weir::expressions {
namespace {

std::string_view literal_text(std::string_view function, const Arguments& arguments, std::size_t place,
                              std::string_view what) {
  const Constant* constant = arguments[place]->constant();
  if (constant == nullptr)
    throw BadArgument(place,
                      std::string(function) + " wants its " + std::string(what) + " as a text, not computed",
                      "it is compiled once, before the first record");
  return constant->column->text(0);
}

}  // namespace

RegularExpression compile_pattern(std::string_view function, const Arguments& arguments,
                                  const PatternPlaces& places) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  RegularExpression compiled;
  if (places.options < arguments.size()) {
    for (const char option : literal_text(function, arguments, places.options, "options")) {
      if (places.options_known.find(option) == std::string_view::npos)
        throw BadArgument(
            places.options, std::string(function) + " knows no option " + shown(std::string_view(&option, 1)),
            "i: letters of any size; s: a dot is also a newline; g, in regexp_replace: everywhere");
      if (option == 'i') options.set_case_sensitive(false);
      if (option == 's') options.set_dot_nl(true);
      if (option == 'g') compiled.everywhere = true;
    }
  }
  const std::string_view text = literal_text(function, arguments, places.pattern, "pattern");
  compiled.pattern = std::make_shared<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!compiled.pattern->ok())
    throw BadArgument(places.pattern,
                      "this is no regular expression: " + shown(text) + ": " + compiled.pattern->error(),
                      "what stands for itself among . * + ? ( ) [ ] { } | ^ $ \\ is written behind a \\");
  return compiled;
}

}  // namespace weir::expressions
