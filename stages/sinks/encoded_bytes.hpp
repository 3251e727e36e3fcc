// What the writers' `encode` makes of a batch: the bytes that `write` puts out.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "weir/error.hpp"
#include "weir/payload.hpp"

namespace weir {

/// Immutable. Knows how many records it holds but not where each begins, so that it cannot be sliced.
class EncodedBytes final : public Payload {
 public:
  EncodedBytes(std::string text, std::size_t rows) : text_(std::move(text)), rows_(rows) {}

  std::string_view text() const noexcept { return text_; }

  std::size_t rows() const noexcept override { return rows_; }
  std::size_t bytes() const noexcept override { return text_.capacity(); }
  Batch slice(std::size_t offset, std::size_t count) const override {
    if (offset == 0 && count == rows_) return std::make_shared<EncodedBytes>(*this);
    throw UsageError("encoded records cannot be sliced: " + std::to_string(count) + " of " +
                     std::to_string(rows_));
  }
  std::shared_ptr<Payload> clone() const override { return std::make_shared<EncodedBytes>(*this); }
  std::string describe(std::size_t row) const override {
    return "record " + std::to_string(row + 1) + " of " + std::to_string(rows_) + " in " +
           std::to_string(text_.size()) + " encoded bytes";
  }

 private:
  std::string text_;
  std::size_t rows_;
};

}  // namespace weir
