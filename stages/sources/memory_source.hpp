// Pieces of work that are in memory already, given out one after another.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/source.hpp"

namespace weir {

/// All incarnations share the pieces. A class that is derived from it may decode them; else they are batches.
class MemorySource : public Source {
 public:
  explicit MemorySource(std::shared_ptr<const std::vector<Work>> pieces) : pieces_(std::move(pieces)) {}

  std::optional<Work> next() override;
  std::string position() const override { return std::to_string(next_); }
  void seek(const std::string& position) override;

 private:
  const std::shared_ptr<const std::vector<Work>> pieces_;
  std::size_t next_ = 0;
};

}  // namespace weir
