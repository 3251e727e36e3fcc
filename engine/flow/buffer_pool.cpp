#include "weir/buffer_pool.hpp"

#include <array>
#include <bit>
#include <new>

namespace weir {
namespace {

// Sanitizers shall see each buffer's own life.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEIR_SANITIZED
#endif
#endif
#if defined(WEIR_SANITIZED) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPools = false;
#else
constexpr bool kPools = true;
#endif

constexpr int kClassMin = std::countr_zero(kPooledBytesMin);
constexpr std::size_t kClasses = static_cast<std::size_t>(std::countr_zero(kPooledBytesMax) - kClassMin) + 1;

/// What one thread keeps.
class ThreadPool {
 public:
  ~ThreadPool() {
    for (Class& its : classes_) {
      while (its.kept > 0)
        ::operator delete(its.buffers[--its.kept]);
    }
  }
  void* take(std::size_t size_class) noexcept {
    Class& its = classes_[size_class];
    return its.kept > 0 ? its.buffers[--its.kept] : nullptr;
  }
  bool keep(std::size_t size_class, void* buffer) noexcept {
    Class& its = classes_[size_class];
    if (its.kept == kPooledBuffersMax) return false;
    its.buffers[its.kept++] = buffer;
    return true;
  }

 private:
  struct Class {
    std::array<void*, kPooledBuffersMax> buffers;
    std::size_t kept = 0;
  };
  std::array<Class, kClasses> classes_;
};

thread_local ThreadPool pool;

bool is_pooled(std::size_t bytes) noexcept {
  return kPools && bytes >= kPooledBytesMin / 2 && bytes <= kPooledBytesMax;
}

/// The class of the least power of two that holds so many bytes.
std::size_t class_of(std::size_t bytes) noexcept {
  const auto exponent = static_cast<int>(std::bit_width(bytes - 1));
  return exponent <= kClassMin ? 0 : static_cast<std::size_t>(exponent - kClassMin);
}

}  // namespace

void* allocate_buffer(std::size_t bytes) {
  if (!is_pooled(bytes)) return ::operator new(bytes);
  const std::size_t size_class = class_of(bytes);
  if (void* kept = pool.take(size_class)) return kept;
  return ::operator new(kPooledBytesMin << size_class);
}

void free_buffer(void* buffer, std::size_t bytes) noexcept {
  if (is_pooled(bytes) && pool.keep(class_of(bytes), buffer)) return;
  ::operator delete(buffer);
}

}  // namespace weir
