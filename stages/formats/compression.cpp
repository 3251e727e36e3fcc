#include "stages/formats/compression.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <new>

#include "weir/error.hpp"

namespace weir {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // the largest window; 16: gzip's header and checksum
constexpr int kGzipMemoryLevel = 8;       // zlib's own choice
constexpr int kZstdLevel = 3;             // zstd's own choice
constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";

uInt at_most(std::size_t size) noexcept {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

// zlib reads through pointers that are not const, and changes nothing.
Bytef* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

void append_gzip(std::string& to, std::string_view text) {
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kGzipMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> closed(&stream, ::deflateEnd);
  const std::size_t begin = to.size();
  to.resize(begin + ::deflateBound(&stream, static_cast<uLong>(text.size())));
  stream.next_in = bytes_of(text);
  stream.avail_in = at_most(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(to.data() + begin);
  stream.avail_out = at_most(to.size() - begin);
  ::deflate(&stream, Z_FINISH);  // all at once: there is room for it
  to.resize(begin + stream.total_out);
}

void append_zstd(std::string& to, std::string_view text) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(::ZSTD_createCCtx(), ::ZSTD_freeCCtx);
  if (context == nullptr) throw std::bad_alloc();
  ::ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kZstdLevel);
  ::ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  const std::size_t begin = to.size();
  to.resize(begin + ::ZSTD_compressBound(text.size()));
  const std::size_t size =
      ::ZSTD_compress2(context.get(), to.data() + begin, to.size() - begin, text.data(), text.size());
  if (::ZSTD_isError(size) != 0) throw std::bad_alloc();  // there is room for it: nothing else can be missing
  to.resize(begin + size);
}

class GzipDecompressor final : public Decompressor {
 public:
  GzipDecompressor() {
    if (::inflateInit2(&stream_, kGzipWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~GzipDecompressor() override { ::inflateEnd(&stream_); }
  GzipDecompressor(const GzipDecompressor&) = delete;
  GzipDecompressor& operator=(const GzipDecompressor&) = delete;

  Step run(std::string_view compressed, char* to, std::size_t capacity) override {
    if (compressed.empty() && between_members_) return {};
    between_members_ = false;
    stream_.next_in = bytes_of(compressed);
    stream_.avail_in = at_most(compressed.size());
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = at_most(capacity);
    const uInt in_before = stream_.avail_in;
    const uInt out_before = stream_.avail_out;
    const int answer = ::inflate(&stream_, Z_NO_FLUSH);
    if (answer == Z_STREAM_END) {
      between_members_ = true;
      ::inflateReset(&stream_);
    } else if (answer == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (answer != Z_OK && answer != Z_BUF_ERROR) {
      throw RecordError(stream_.msg != nullptr ? stream_.msg : "a dictionary is wanted");
    }
    return {in_before - stream_.avail_in, out_before - stream_.avail_out};
  }
  bool may_end() const noexcept override { return between_members_; }

 private:
  z_stream stream_{};
  bool between_members_ = true;
};

class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor() : context_(::ZSTD_createDCtx(), ::ZSTD_freeDCtx) {
    if (context_ == nullptr) throw std::bad_alloc();
  }

  Step run(std::string_view compressed, char* to, std::size_t capacity) override {
    if (!error_.empty()) throw RecordError(error_);
    if (compressed.empty() && between_frames_) return {};
    ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
    ZSTD_outBuffer out{to, capacity, 0};
    const std::size_t answer = ::ZSTD_decompressStream(context_.get(), &out, &in);
    if (::ZSTD_isError(answer) != 0) {
      error_ = ::ZSTD_getErrorName(answer);
      throw RecordError(error_);
    }
    between_frames_ = answer == 0;
    return {in.pos, out.pos};
  }
  bool may_end() const noexcept override { return between_frames_; }

 private:
  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context_;
  bool between_frames_ = true;
  std::string error_;
};

}  // namespace

std::string_view to_string(Compression compression) noexcept {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::none:
      break;
  }
  return "none";
}

Compression compression_of_path(std::string_view path) noexcept {
  if (path.ends_with(".gz")) return Compression::gzip;
  return path.ends_with(".zst") ? Compression::zstd : Compression::none;
}

Compression compression_of_bytes(std::string_view beginning) noexcept {
  if (beginning.starts_with(kGzipMagic)) return Compression::gzip;
  return beginning.starts_with(kZstdMagic) ? Compression::zstd : Compression::none;
}

void append_compressed(std::string& to, std::string_view text, Compression compression) {
  if (compression == Compression::gzip) return append_gzip(to, text);
  if (compression == Compression::zstd) return append_zstd(to, text);
  to += text;
}

std::unique_ptr<Decompressor> make_decompressor(Compression compression) {
  if (compression == Compression::gzip) return std::make_unique<GzipDecompressor>();
  return std::make_unique<ZstdDecompressor>();
}

}  // namespace weir
