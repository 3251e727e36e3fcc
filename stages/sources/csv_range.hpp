// A piece of a CSV file that begins and ends at records: what `CsvSource::next` hands to `decode`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "stages/formats/text_block.hpp"
#include "weir/payload.hpp"

namespace weir {

/// Immutable; batches decoded from it keep its text alive.
class CsvRange final : public Payload {
 public:
  /// Text [begin, end) of the block. `origin` is of byte `begin`.
  CsvRange(std::shared_ptr<const TextBlock> block, std::size_t begin, std::size_t end, Origin origin)
      : block_(std::move(block)), begin_(begin), end_(end), origin_(std::move(origin)) {}

  std::string_view text() const noexcept { return block_->text().substr(begin_, end_ - begin_); }
  const std::shared_ptr<const TextBlock>& block() const noexcept { return block_; }
  /// Where byte `at` of the range's text was read. Counts lines from the range's beginning.
  Origin origin_at(std::size_t at) const;

  /// A range is one piece of work; how many records are in it, decoding finds out.
  std::size_t rows() const noexcept override { return 1; }
  std::size_t bytes() const noexcept override { return block_->capacity(); }
  /// Cannot be cut: offset must be 0 and count 1.
  Batch slice(std::size_t offset, std::size_t count) const override;
  std::shared_ptr<Payload> clone() const override { return std::make_shared<CsvRange>(*this); }
  Origin origin_of(std::size_t /*row*/) const override { return origin_; }
  std::string describe(std::size_t row) const override;

 private:
  std::shared_ptr<const TextBlock> block_;
  std::size_t begin_;
  std::size_t end_;
  Origin origin_;
};

}  // namespace weir
