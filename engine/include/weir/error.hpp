// What goes wrong while data is processed, as values.
//
// Stages throw what they like. The engine catches it in one place, turns it into an `ErrorInfo`, and asks
// the stage's `ErrorPolicy` what becomes of the record. Nothing here throws or locks.
#pragma once

#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir {

/// Classes of error, by which a policy chooses and the command answers with an exit code.
enum class ErrorClass : unsigned char {
  data,      ///< a value that does not fit, a failing cast: the same input gives the same failure
  io,        ///< a file or a connection failed
  timeout,   ///< a call took longer than it may
  resource,  ///< memory, disk or handles ran out
  other,     ///< anything else that was thrown
};
inline constexpr std::size_t kErrorClasses = 5;

/// "data", "io", "timeout", "resource" or "other": as a config writes them.
std::string_view to_string(ErrorClass error_class) noexcept;

/// Base of the exceptions that say of which class they are. An exception that is not an `Error` counts as
/// `other`; `std::bad_alloc` as `resource`; `std::system_error` and `std::filesystem::filesystem_error` as
/// `io`.
class Error : public std::runtime_error {
 public:
  /// `message`: for people, ending in the values.
  Error(ErrorClass error_class, const std::string& message)
      : std::runtime_error(message), error_class_(error_class) {}
  ErrorClass error_class() const noexcept { return error_class_; }

 private:
  ErrorClass error_class_;
};

/// A record that cannot be processed: class `data`.
class RecordError : public Error {
 public:
  /// `message`: what is wrong with the record.
  explicit RecordError(const std::string& message) : Error(ErrorClass::data, message) {}
};

/// A file or device failed: class `io`. `errno_value` is 0 where the system gave none.
class IoError : public Error {
 public:
  /// `message`: what failed on what.
  explicit IoError(const std::string& message, int errno_value = 0)
      : Error(ErrorClass::io, message), errno_value_(errno_value) {}
  int errno_value() const noexcept { return errno_value_; }

 private:
  int errno_value_;
};

/// The engine's API was used wrongly (a graph that does not validate, run() inside a body). Says the mend.
class UsageError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// An error as data: what is kept of an exception once it has been caught.
struct ErrorInfo {
  ErrorClass error_class = ErrorClass::other;
  std::string message = {};
  std::string type = {};          ///< the exception's type, demangled
  std::exception_ptr cause = {};  ///< the exception itself; null where an error was reported without one
};

/// Describes the exception that is being handled. Call it inside a catch block only.
ErrorInfo describe_current_exception() noexcept;

}  // namespace weir
