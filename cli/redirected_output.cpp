#include "cli/redirected_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <system_error>

#include "weir/error.hpp"

namespace weir {
namespace {

void flush() {
  std::cout.flush();
  std::fflush(stdout);
}

[[noreturn]] void refuse(const std::string& path, int cause) {
  throw IoError(
      "standard output cannot be turned into '" + path + "': " + std::generic_category().message(cause),
      cause);
}

}  // namespace

RedirectedOutput::RedirectedOutput(const std::string& path) {
  flush();
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.is_open()) refuse(path, errno);
  before_ = FileDescriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!before_.is_open() || ::dup2(file.get(), STDOUT_FILENO) < 0) refuse(path, errno);
}

RedirectedOutput::~RedirectedOutput() {
  flush();
  ::dup2(before_.get(), STDOUT_FILENO);
}

}  // namespace weir
