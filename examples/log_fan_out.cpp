// Fan-out to several sinks: one stream of log lines goes to an archive, to counts by level and to an alarm,
// and lines that are none are kept with the reason.
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "weir/flow.hpp"

namespace {

struct Entry {
  std::string level;
  std::string text;
};

Entry parse(const std::string& line) {
  std::istringstream in(line);
  Entry entry;
  in >> entry.level >> std::ws;
  std::getline(in, entry.text);
  if (entry.text.empty()) throw weir::RecordError("no text behind the level");
  return entry;
}

const std::vector<std::string> kLines = {
    "info service starts",
    "info listens on 8080",
    "warning disk is 91% full",
    "error cannot write to disk",
    "garbled",
    "info retries",
    "error cannot write to disk",
    "info writes again",
};

}  // namespace

int main() try {
  std::vector<weir::DeadLetter<std::string>> misfits;
  std::size_t archived = 0;
  std::vector<std::pair<std::string, int>> levels;

  auto [archive, counted, watched] = weir::from("lines", kLines) |
                                     weir::map("parse", parse).on_error(weir::dead_letter(misfits)) |
                                     weir::broadcast<3>();

  weir::Flow job = std::move(archive) | weir::to("archive", [&](const Entry&) { ++archived; });
  job = std::move(counted) |
        weir::group_by("by level", &Entry::level, 0, [](int count, const Entry&) { return count + 1; }) |
        weir::to("levels", levels);
  job = std::move(watched) |
        weir::filter("errors", [](const Entry& entry) { return entry.level == "error"; }) |
        weir::to("alarm", [](const Entry& entry) { std::cout << "alarm: " << entry.text << '\n'; });
  job.run().throw_if_failed();  // all three: they are ends of one flow

  std::cout << "archived " << archived << '\n';
  for (const auto& [level, count] : levels)
    std::cout << level << ": " << count << '\n';
  for (const auto& letter : misfits)
    std::cout << "line " << letter.origin.line << " '" << letter.record << "': " << letter.error.message
              << '\n';
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
