#include "stages/sinks/output_file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include "weir/error.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// As many links as Linux follows before it answers ELOOP.
constexpr int kLinksMax = 40;
/// Names tried before giving up: another is tried only where one is left over from a killed process of the
/// same id.
constexpr int kTemporaryNamesMax = 100;

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

// Where writing to `path` really goes, also where a link's target does not exist yet.
std::string follow_links(const std::string& path) {
  fs::path target = path;
  std::error_code error;
  for (int links = 0; links < kLinksMax && fs::is_symlink(fs::symlink_status(target, error)); ++links) {
    const fs::path next = fs::read_symlink(target, error);
    if (error) break;
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  return target.string();
}

std::string temporary_name(const fs::path& target) {
  static std::atomic<std::uint64_t> count{0};
  const std::string unique = std::to_string(::getpid()) + "-" + std::to_string(count.fetch_add(1));
  return (target.parent_path() / ("." + target.filename().string() + "." + unique + ".tmp")).string();
}

// Turns the signal that kills a process which writes to a closed pipe into the error EPIPE, on this thread
// and for as long as it lives: a library has no right to change the process's dispositions.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe() {
    const int errno_before = errno;
    const timespec now{0, 0};
    if (!was_pending_) {
      while (sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = errno_before;
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_ = false;
};

}  // namespace

bool OutputFile::may_block(const std::string& path) {
  if (path == "-") return true;
  const auto status = status_of(path);
  return status && !S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode);
}

void OutputFile::open() {
  if (path_ == "-") {
    descriptor_ = STDOUT_FILENO;
    return;
  }
  const auto status = status_of(path_);
  if (status && S_ISDIR(status->st_mode)) fail("cannot write", EISDIR);
  if (status && mode_ == Mode::create_new) fail("cannot make", EEXIST);
  if (status && !S_ISREG(status->st_mode)) return open_directly();
  open_temporary();
  // The new file is as readable as the one it replaces.
  if (status && ::fchmod(descriptor_, status->st_mode & 07777) != 0) fail("cannot make", errno);
}

void OutputFile::open_directly() {
  owned_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!owned_.is_open()) fail("cannot write", errno);
  descriptor_ = owned_.get();
}

void OutputFile::open_temporary() {
  target_ = follow_links(path_);
  std::error_code error;
  const fs::path folder = fs::path(target_).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) fail("cannot make the folder of", error.value());
  for (int attempt = 0; attempt < kTemporaryNamesMax; ++attempt) {
    TemporaryName name(temporary_name(target_));
    owned_ = FileDescriptor(::open(name.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (owned_.is_open()) {
      temporary_ = std::move(name);
      descriptor_ = owned_.get();
      written_ = 0;
      return;
    }
    if (errno != EEXIST) break;
  }
  fail("cannot make", errno);
}

void OutputFile::adopt(OutputFile& failed) {
  if (failed.descriptor_ < 0) return open();
  if (!failed.temporary_.empty()) return adopt_temporary(failed);
  owned_ = std::move(failed.owned_);
  descriptor_ = std::exchange(failed.descriptor_, -1);
  torn_ = failed.torn_;
}

void OutputFile::adopt_temporary(OutputFile& failed) {
  FileDescriptor again(::open(failed.temporary_.path().c_str(), O_WRONLY | O_CLOEXEC));
  if (!again.is_open()) fail("cannot open the temporary file of", errno);
  struct stat status {};
  if (::fstat(again.get(), &status) != 0) fail("cannot open the temporary file of", errno);
  if (static_cast<std::uint64_t>(status.st_size) < failed.written_)
    throw IoError("the temporary file of '" + path_ + "' has lost what was written: it holds " +
                  std::to_string(status.st_size) + " bytes of " + std::to_string(failed.written_));
  failed.close();
  owned_ = std::move(again);
  descriptor_ = owned_.get();
  target_ = std::move(failed.target_);
  temporary_ = std::move(failed.temporary_);
  written_ = failed.written_;
  failed.descriptor_ = -1;
}

// An error of closing is that of something written earlier, and the descriptor is gone: asked again, the
// answer stays the same.
void OutputFile::close() {
  if (close_error_ == 0) close_error_ = owned_.close();
  if (close_error_ != 0) fail("cannot close", close_error_);
}

bool OutputFile::write(std::string_view bytes) {
  if (temporary_.empty()) return write_stream(bytes);
  write_file(bytes);
  return true;
}

void OutputFile::write_file(std::string_view bytes) {
  std::uint64_t at = written_;
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0) {
      if (errno == EINTR) continue;
      fail("cannot write", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
    at += static_cast<std::uint64_t>(count);
  }
  written_ = at;
}

bool OutputFile::write_stream(std::string_view bytes) {
  const WithoutSigpipe without_sigpipe;
  const std::hash<std::string_view> hash;
  std::size_t done = 0;
  if (torn_.size > 0) {
    if (bytes.size() < torn_.size || hash(bytes.substr(0, torn_.size)) != torn_.hash)
      throw IoError("cannot go on writing " + name() + ": " + std::to_string(torn_.size) +
                    " bytes of records that were given up are in it");
    done = torn_.size;
  }
  while (done < bytes.size()) {
    const ssize_t count = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno == EPIPE) {
      return false;
    } else if (errno != EINTR) {
      const int cause = errno;
      torn_ = {done, hash(bytes.substr(0, done))};
      fail("cannot write", cause);
    }
  }
  torn_ = {};
  return true;
}

void OutputFile::prepare() {
  // A call that failed half way may have left more behind than was counted.
  if (!temporary_.empty() && owned_.is_open() && ::ftruncate(descriptor_, static_cast<off_t>(written_)) != 0)
    fail("cannot write", errno);
  close();
}

void OutputFile::commit() {
  prepare();
  if (temporary_.empty()) return;
  if (mode_ == Mode::create_new) {
    // Unlike rename, link fails where somebody else has made the target meanwhile.
    if (::link(temporary_.path().c_str(), target_.c_str()) != 0) fail("cannot make", errno);
    ::unlink(temporary_.path().c_str());
  } else if (::rename(temporary_.path().c_str(), target_.c_str()) != 0) {
    fail("cannot make", errno);
  }
  temporary_.forget();
}

void OutputFile::abort() noexcept {
  owned_.close();
  if (temporary_.empty()) return;
  ::unlink(temporary_.path().c_str());
  temporary_.forget();
}

std::string OutputFile::name() const { return path_ == "-" ? "standard output" : "'" + path_ + "'"; }

void OutputFile::fail(const char* what, int errno_value) const {
  throw IoError(std::string(what) + " " + name() + ": " + std::generic_category().message(errno_value),
                errno_value);
}

}  // namespace weir
