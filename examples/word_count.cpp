// The pipeline pattern: the most frequent words of some files, read, split, normalised and counted side by
// side.
//
//     example_word_count [FILE...]        default: LICENSE
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "weir/flow.hpp"

namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw weir::IoError("cannot open " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line + " ") {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0)
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  }
  return words;
}

using Count = std::pair<std::string, std::size_t>;

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> paths(argv + 1, argv + argc);
  if (paths.empty()) paths = {"LICENSE"};

  std::vector<Count> counts;
  weir::Flow job = weir::from("files", paths) | weir::flat_map("lines", lines_of) |
                   weir::flat_map("words", words_of) |
                   weir::filter("long ones", [](const std::string& word) { return word.size() > 6; }) |
                   weir::group_by(
                       "counts", std::identity(), std::size_t{0},
                       [](std::size_t count, const std::string&) { return count + 1; }, std::plus<>()) |
                   weir::to("counts of all", counts);
  job.run().throw_if_failed();

  std::ranges::stable_sort(counts, std::greater(), &Count::second);
  for (std::size_t rank = 0; rank < std::min<std::size_t>(5, counts.size()); ++rank)
    std::cout << counts[rank].second << ' ' << counts[rank].first << '\n';
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
