// A record that its reader refused: the text as it was read, for nothing else can be told of it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "weir/payload.hpp"

namespace weir {

/// One record. Immutable; owns its text. Dead letters hold the text as it is, so that it can be mended and
/// read again; where it is no UTF-8, with U+FFFD for each byte that is none.
class RefusedText final : public Payload {
 public:
  RefusedText(std::string text, Origin origin) : text_(std::move(text)), origin_(std::move(origin)) {}

  std::size_t rows() const noexcept override { return 1; }
  std::size_t bytes() const noexcept override { return text_.capacity(); }
  /// Cannot be cut: offset must be 0 and count 1.
  Batch slice(std::size_t /*offset*/, std::size_t /*count*/) const override {
    return std::make_shared<RefusedText>(*this);
  }
  std::shared_ptr<Payload> clone() const override { return std::make_shared<RefusedText>(*this); }
  Origin origin_of(std::size_t /*row*/) const override { return origin_; }
  std::string describe(std::size_t /*row*/) const override;

 private:
  std::string text_;
  Origin origin_;
};

}  // namespace weir
