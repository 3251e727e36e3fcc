#include "cli/report_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "weir/error.hpp"

namespace weir {
namespace {

[[noreturn]] void refuse(const std::string& path, int cause) {
  throw IoError("the report cannot be written: " + path + ": " + std::strerror(cause), cause);
}

}  // namespace

ReportFile::ReportFile(std::string path, std::ostream& out) : path_(std::move(path)), out_(out) {
  if (path_.empty() || path_ == "-") return;
  temporary_ = TemporaryName(path_ + "." + std::to_string(getpid()) + ".tmp");
  stream_.open(temporary_.path(), std::ios::binary | std::ios::trunc);
  if (!stream_) {
    const int cause = errno;
    temporary_.forget();
    refuse(path_, cause);
  }
}

ReportFile::~ReportFile() {
  if (!temporary_.empty()) std::remove(temporary_.path().c_str());
}

void ReportFile::publish(const std::string& text) {
  if (path_ == "-") {
    out_ << text << std::flush;
    return;
  }
  stream_ << text;
  stream_.close();
  if (!stream_ || std::rename(temporary_.path().c_str(), path_.c_str()) != 0) refuse(path_, errno);
  temporary_.forget();
}

}  // namespace weir
