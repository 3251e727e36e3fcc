#include "cli/dead_letter_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace weir {
namespace {

using Json = nlohmann::ordered_json;

/// Lines that are told to be no letters; more are no help.
constexpr std::size_t kProblemsMax = 20;

Json parsed(const std::string& text) {
  constexpr bool kThrows = false;
  return Json::parse(text, nullptr, kThrows);
}

// As a column's text; NULL is none.
std::optional<std::string> text_of(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return value.is_string() ? value.get<std::string>() : value.dump();
}

class LetterReader {
 public:
  explicit LetterReader(std::string file) : file_(std::move(file)) {}

  std::vector<RefusedRecord> read(std::istream& stream) {
    std::vector<RefusedRecord> records;
    for (std::string line; std::getline(stream, line) && problems_.all().size() < kProblemsMax;) {
      ++line_;
      if (line.empty() || line == "\r") continue;
      if (auto record = letter_in(line)) records.push_back(std::move(*record));
    }
    if (!problems_.empty()) throw ConfigError(problems_.all());
    return records;
  }

 private:
  std::optional<RefusedRecord> letter_in(const std::string& line) {
    const Json letter = parsed(line);
    if (!letter.is_object()) return refuse("this line is no JSON object, so no dead letter");
    for (const char* key : {"stage", "record"}) {
      if (!letter.contains(key) || !letter[key].is_string())
        return refuse("a dead letter has `stage` and `record`, and this line has no text `" +
                      std::string(key) + "`");
    }
    RefusedRecord record;
    record.stage = letter["stage"].get<std::string>();
    if (const auto port = letter.find("port"); port != letter.end() && port->is_string())
      record.port = port->get<std::string>();
    record.text = letter["record"].get<std::string>();
    record.columns = columns_in(record.text);
    record.origin = origin_in(letter);
    record.where = {file_, line_, 0};
    return record;
  }

  std::nullopt_t refuse(std::string message) {
    problems_.add({{file_, line_, 0},
                   {},
                   std::move(message),
                   "`weir replay` reads what `write_ndjson` wrote from an `errors` port",
                   1,
                   ProblemKind::bad_input});
    return std::nullopt;
  }

  static decltype(RefusedRecord::columns) columns_in(const std::string& text) {
    const Json record = parsed(text);
    if (!record.is_object()) return std::nullopt;
    decltype(RefusedRecord::columns) columns(std::in_place);
    for (const auto& [name, value] : record.items())
      columns->emplace_back(name, text_of(value));
    return columns;
  }

  Origin origin_in(const Json& letter) {
    const auto count = [&](const char* key) {
      const auto found = letter.find(key);
      return found != letter.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
    };
    const auto file = letter.find("file");
    if (file == letter.end() || !file->is_string()) return {};
    auto& shared = inputs_[file->get<std::string>()];
    if (shared == nullptr) shared = std::make_shared<const std::string>(file->get<std::string>());
    return {shared, count("byte_offset"), count("line")};
  }

  const std::string file_;
  std::size_t line_ = 0;
  Problems problems_;
  std::map<std::string, std::shared_ptr<const std::string>> inputs_;  ///< shared by the records' origins
};

}  // namespace

std::vector<RefusedRecord> read_dead_letters(const std::string& path) {
  if (path == "-") return LetterReader("standard input").read(std::cin);
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    throw ConfigError({{{path, 0, 0},
                        {},
                        std::string("the dead letters cannot be read: ") + std::strerror(errno),
                        "check the path; it counts from the working directory",
                        1,
                        ProblemKind::missing_input}});
  }
  return LetterReader(path).read(stream);
}

}  // namespace weir
