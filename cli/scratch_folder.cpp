#include "cli/scratch_folder.hpp"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "weir/error.hpp"

namespace weir {
namespace {

[[noreturn]] void refuse(const std::string& path, int cause) {
  throw IoError(
      "the temporary folder cannot be made: " + path + ": " + std::generic_category().message(cause), cause);
}

}  // namespace

ScratchFolder::ScratchFolder() {
  path_ = (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) refuse(path_, errno);
}

ScratchFolder::~ScratchFolder() {
  std::error_code left_behind;
  std::filesystem::remove_all(path_, left_behind);
}

std::string ScratchFolder::make(const std::string& name) const {
  const std::string folder = path_ + "/" + name;
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (!error) std::filesystem::create_directory(folder, error);
  if (error) refuse(folder, error.value());
  return folder;
}

}  // namespace weir
