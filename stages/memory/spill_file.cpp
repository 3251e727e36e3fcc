#include "stages/memory/spill_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "weir/error.hpp"

namespace weir {
namespace {

constexpr std::size_t kBlockBytesMin = 64;
constexpr std::size_t kBlockBytesMax = std::size_t{256} << 10;
constexpr std::size_t kBlocksOfBudget = 1024;

// O_TMPFILE is not known to every file system; there the name is taken away again at once.
FileDescriptor open_nameless(const std::string& folder) {
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
  if (file.is_open() || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
  std::string name = folder + "/weir-spill-XXXXXX";
  file = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (file.is_open()) ::unlink(name.c_str());
  return file;
}

}  // namespace

SpillFile::SpillFile(const MemoryBudget& budget)
    : folder_(budget.spill_folder()),
      block_bytes_(std::clamp(budget.limit_bytes() / kBlocksOfBudget, kBlockBytesMin, kBlockBytesMax)),
      descriptor_(open_nameless(folder_)) {
  if (!descriptor_.is_open()) fail("cannot put records that memory does not hold into", errno);
}

std::uint64_t SpillFile::append(std::string_view bytes) {
  const std::uint64_t begin = end_.fetch_add(bytes.size());
  std::uint64_t at = begin;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("no more records can be put into", written < 0 ? errno : ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    at += static_cast<std::uint64_t>(written);
  }
  return begin;
}

void SpillFile::read(std::uint64_t offset, char* to, std::size_t size) const {
  while (size > 0) {
    const ssize_t got = ::pread(descriptor_.get(), to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      throw IoError("records put into " + folder_ + " cannot be read back", got < 0 ? errno : EIO);
    offset += static_cast<std::uint64_t>(got);
    to += got;
    size -= static_cast<std::size_t>(got);
  }
}

void SpillFile::fail(const char* what, int cause) const {
  throw Error(ErrorClass::resource, std::string(what) + " `" + folder_ + "`: " + std::strerror(cause) +
                                        "; name another folder by `runtime: {spill_folder: ...}`, or give "
                                        "more `memory`");
}

std::string default_spill_folder() {
  const char* chosen = std::getenv("TMPDIR");
  std::error_code error;
  for (const char* folder : std::array<const char*, 2>{chosen, "/var/tmp"})
    if (folder != nullptr && std::filesystem::is_directory(folder, error)) return folder;
  return "/tmp";
}

}  // namespace weir
