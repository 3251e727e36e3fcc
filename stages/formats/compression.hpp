// Bytes compressed by gzip (RFC 1952) or zstd (RFC 8878), as streams and in pieces.
//
// Both formats may be concatenated: any number of members (gzip) or frames (zstd) one behind another are one
// stream. So a writer may compress its pieces on many threads, each by itself.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace weir {

enum class Compression : unsigned char { none, gzip, zstd };

/// "gzip" or "zstd".
std::string_view to_string(Compression compression) noexcept;

/// By the ending of a file's name: `.gz`, `.zst`.
Compression compression_of_path(std::string_view path) noexcept;

/// By the first kMagicBytes bytes of a stream.
Compression compression_of_bytes(std::string_view beginning) noexcept;
inline constexpr std::size_t kMagicBytes = 4;

/// Appends `text`, compressed, as a member or frame of its own. Pure. Throws std::bad_alloc.
void append_compressed(std::string& to, std::string_view text, Compression compression);

/// Takes a stream apart. One thread. A frame may ask for a window of at most 128 MiB, zstd's own limit.
class Decompressor {
 public:
  /// How far a call of `run` has come.
  struct Step {
    std::size_t taken = 0;  ///< of the compressed bytes
    std::size_t given = 0;  ///< bytes of text
  };

  virtual ~Decompressor() = default;

  /// Gives up to `capacity` bytes of text. May hold back text when it has given that many: call it again,
  /// also with no further bytes. Throws RecordError where the bytes are wrong, and then whenever it is
  /// called.
  virtual Step run(std::string_view compressed, char* to, std::size_t capacity) = 0;
  /// Whether the stream may end here: between members.
  virtual bool may_end() const noexcept = 0;
};

/// Requires another compression than none.
std::unique_ptr<Decompressor> make_decompressor(Compression compression);

}  // namespace weir
