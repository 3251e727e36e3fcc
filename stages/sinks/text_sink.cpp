#include "stages/sinks/text_sink.hpp"

#include <memory>
#include <string_view>
#include <utility>

#include "stages/formats/compression.hpp"
#include "stages/sinks/encoded_bytes.hpp"

namespace weir {
namespace {

class TextSink final : public Sink {
 public:
  explicit TextSink(std::shared_ptr<const TextWriting> writing)
      : writing_(std::move(writing)),
        compression_(compression_of_path(writing_->path)),
        file_(writing_->path, writing_->mode) {}

  void open() override { file_.open(); }
  void adopt(Sink& failed) override {
    auto& other = static_cast<TextSink&>(failed);
    file_.adopt(other.file_);
    header_written_ = other.header_written_;
  }

  Batch encode(const Batch& batch, Emitter& out) const override {
    std::string text;
    const std::size_t left_out = writing_->append_records(text, as_records(batch), out);
    if (compression_ != Compression::none && !text.empty()) text = compressed(text);
    return std::make_shared<EncodedBytes>(std::move(text), batch->rows() - left_out);
  }

  void write(const Batch& encoded, Emitter& out) override {
    if (!write_header() || !file_.write(static_cast<const EncodedBytes&>(*encoded).text())) out.enough();
  }

  void prepare() override {
    write_header();
    file_.prepare();
  }
  void commit() override { file_.commit(); }
  void abort() noexcept override { file_.abort(); }

 private:
  std::string compressed(std::string_view text) const {
    std::string bytes;
    append_compressed(bytes, text, compression_);
    return bytes;
  }

  // Not in open: what reads a pipe may not be there yet.
  bool write_header() {
    if (header_written_) return true;
    // Compressed, no text at all is a member too: an empty file would be none.
    const bool wanted =
        file_.write(compression_ == Compression::none ? writing_->header : compressed(writing_->header));
    header_written_ = true;
    return wanted;
  }

  const std::shared_ptr<const TextWriting> writing_;
  const Compression compression_;
  OutputFile file_;
  bool header_written_ = false;
};

}  // namespace

SinkSpec text_sink(TextWriting writing) {
  SinkSpec sink;
  sink.traits.blocking = OutputFile::may_block(writing.path);
  sink.make = [writing = std::make_shared<const TextWriting>(std::move(writing))] {
    return std::make_unique<TextSink>(writing);
  };
  return sink;
}

}  // namespace weir
