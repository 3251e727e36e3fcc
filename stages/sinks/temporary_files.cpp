#include "stages/sinks/temporary_files.hpp"

#include <unistd.h>

#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "weir/error.hpp"

namespace weir {
namespace {

struct Registry {
  std::mutex mutex;
  std::set<std::string> paths;  // guarded by mutex
  bool closed = false;          // guarded by mutex
};

// Never destroyed: threads that were left behind may still write while the process ends.
Registry& registry() {
  static Registry& registry = *std::make_unique<Registry>().release();
  return registry;
}

}  // namespace

void remove_temporary_files() noexcept {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.closed = true;
  for (const std::string& path : all.paths)
    ::unlink(path.c_str());
  all.paths.clear();
}

TemporaryName::TemporaryName(std::string path) : path_(std::move(path)) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  if (all.closed) throw IoError("cannot make '" + path_ + "': the process is ending");
  all.paths.insert(path_);
}

TemporaryName::TemporaryName(TemporaryName&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryName& TemporaryName::operator=(TemporaryName&& other) noexcept {
  if (this == &other) return *this;
  forget();
  path_ = std::exchange(other.path_, {});
  return *this;
}

void TemporaryName::forget() noexcept {
  if (path_.empty()) return;
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.paths.erase(path_);
  path_.clear();
}

}  // namespace weir
