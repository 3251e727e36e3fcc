#include "weir/error.hpp"

#include <cxxabi.h>

#include <new>
#include <system_error>
#include <typeinfo>

#include "weir/item_text.hpp"

namespace weir {
namespace {

ErrorInfo describe(const std::exception& error, ErrorClass error_class) {
  return {error_class, error.what(), type_name(typeid(error)), std::current_exception()};
}

}  // namespace

std::string_view to_string(ErrorClass error_class) noexcept {
  switch (error_class) {
    case ErrorClass::data:
      return "data";
    case ErrorClass::io:
      return "io";
    case ErrorClass::timeout:
      return "timeout";
    case ErrorClass::resource:
      return "resource";
    case ErrorClass::other:
      break;
  }
  return "other";
}

ErrorInfo describe_current_exception() noexcept {
  try {
    try {
      throw;
    } catch (const Error& error) {
      return describe(error, error.error_class());
    } catch (const std::bad_alloc& error) {
      return describe(error, ErrorClass::resource);
    } catch (const std::system_error& error) {  // std::filesystem::filesystem_error is one
      return describe(error, ErrorClass::io);
    } catch (const std::exception& error) {
      return describe(error, ErrorClass::other);
    } catch (...) {
      const std::type_info* type = abi::__cxa_current_exception_type();
      return {ErrorClass::other, "an exception that is no std::exception",
              type ? type_name(*type) : "unknown", std::current_exception()};
    }
  } catch (...) {  // describing it ran out of memory: keep at least the class
    ErrorInfo info;
    info.error_class = ErrorClass::resource;
    return info;
  }
}

}  // namespace weir
