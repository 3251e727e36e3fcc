// A piece of a file that begins and ends at records: what `RangeSource::next` hands to `decode`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "stages/formats/text_block.hpp"
#include "weir/payload.hpp"

namespace weir {

/// Immutable; batches decoded from it keep its text alive.
class TextRange final : public Payload {
 public:
  /// Text [begin, end) of the block. `origin` is of byte `begin`, `file` the number of its file among the
  /// reader's.
  TextRange(std::shared_ptr<const TextBlock> block, std::size_t begin, std::size_t end, Origin origin,
            std::size_t file = 0)
      : block_(std::move(block)), begin_(begin), end_(end), origin_(std::move(origin)), file_(file) {}

  std::string_view text() const noexcept { return block_->text().substr(begin_, end_ - begin_); }
  const std::shared_ptr<const TextBlock>& block() const noexcept { return block_; }
  std::size_t file() const noexcept { return file_; }
  /// Where byte `at` of the range's text was read. Counts lines from the range's beginning.
  Origin origin_at(std::size_t at) const;

  /// A range is one piece of work; how many records are in it, decoding finds out.
  std::size_t rows() const noexcept override { return 1; }
  std::size_t bytes() const noexcept override { return block_->capacity(); }
  /// Cannot be cut: offset must be 0 and count 1.
  Batch slice(std::size_t offset, std::size_t count) const override;
  std::shared_ptr<Payload> clone() const override { return std::make_shared<TextRange>(*this); }
  Origin origin_of(std::size_t /*row*/) const override { return origin_; }
  std::string describe(std::size_t row) const override;

  /// Bytes [begin, end) as a record that was refused, and where they were read.
  Batch refused_record(std::size_t begin, std::size_t end) const;

 private:
  std::shared_ptr<const TextBlock> block_;
  std::size_t begin_;
  std::size_t end_;
  Origin origin_;
  std::size_t file_;
};

}  // namespace weir
