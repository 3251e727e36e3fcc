#include "stages/sources/path_pattern.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <string_view>

namespace weir {
namespace {

constexpr std::string_view kSpecial = "*?[";

// What glob() found, freed with it.
class Found {
 public:
  Found() = default;
  ~Found() { ::globfree(&found_); }
  Found(const Found&) = delete;
  Found& operator=(const Found&) = delete;

  glob_t* get() noexcept { return &found_; }
  std::vector<std::string> paths() const { return {found_.gl_pathv, found_.gl_pathv + found_.gl_pathc}; }

 private:
  glob_t found_{};
};

// The pattern with what stands before the user's own part of it taken as it is.
std::string pattern_of(const ConfiguredPath& path) {
  if (!path.path.ends_with(path.written)) return path.path;
  const std::string_view base = std::string_view(path.path).substr(0, path.path.size() - path.written.size());
  std::string pattern;
  for (const char c : base) {
    if (kSpecial.find(c) != std::string_view::npos || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + path.written;
}

}  // namespace

bool is_pattern(const ConfiguredPath& path) {
  if (path.written.find_first_of(kSpecial) == std::string::npos) return false;
  std::error_code error;
  return !std::filesystem::exists(path.path, error);
}

std::vector<std::string> files_that_fit(const ConfiguredPath& path) {
  Found found;
  const int answer = ::glob(pattern_of(path).c_str(), GLOB_NOSORT | GLOB_MARK, nullptr, found.get());
  if (answer == GLOB_NOSPACE) throw std::bad_alloc();
  if (answer != 0) return {};
  std::vector<std::string> paths = found.paths();
  std::erase_if(paths, [](const std::string& each) { return each.ends_with('/'); });
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace weir
