// Which columns want what lies in an object: a tree that is walked along with the JSON. One thread.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/formats/ndjson_decoder.hpp"

namespace weir {

/// A value that some column wants, or that has such values in it.
class JsonNode {
 public:
  /// Adds a column that lies `path` below this value.
  void add(const JsonPath& path, std::size_t column);

  /// The column that wants this value whole.
  std::optional<std::size_t> column() const noexcept { return column_; }
  bool wants_fields() const noexcept { return !fields_.empty(); }
  bool wants_elements() const noexcept { return !elements_.empty(); }
  bool is_leaf() const noexcept { return fields_.empty() && elements_.empty(); }
  /// A column in it; for messages.
  std::size_t some_column() const noexcept;

  /// Begins a walk over an object's fields.
  void begin_object() noexcept { next_ = 0; }
  /// The node of a field; null where nobody wants it. `bytes_left`: from the key to the end of the text, of
  /// which kTextPadding bytes can be read behind its end. Records of a file mostly have the same fields in
  /// the same order, so the one that followed last time is looked at first.
  JsonNode* find(simdjson::ondemand::field& field, std::size_t bytes_left) {
    if (next_ < seen_.size() && seen_[next_].begins(field.key().raw(), bytes_left)) [[likely]]
      return seen_[next_++].node;
    return find_elsewhere(field, bytes_left);
  }
  /// The node of an element; null where nobody wants it.
  JsonNode* element(std::size_t index) noexcept;
  /// Behind the last element that somebody wants.
  std::size_t elements_end() const noexcept;

  /// Calls visit(column) for each column in it.
  template <class Visit>
  void for_each_column(Visit&& visit) const {
    if (column_) visit(*column_);
    for (const auto& [key, node] : fields_)
      node.for_each_column(visit);
    for (const auto& [index, node] : elements_)
      node.for_each_column(visit);
  }

 private:
  // A key as it is written, with its closing quote, and whose it is; null: nobody's. The first sixteen bytes
  // are compared as two words: most keys are no longer.
  struct SeenKey {
    SeenKey(std::string_view its_raw, JsonNode* its_node) : raw(its_raw), node(its_node) {
      const std::size_t size = std::min(raw.size(), sizeof words);
      std::memcpy(words, raw.data(), size);
      std::memset(masks, 0xFF, size);
    }
    bool begins(const char* text, std::size_t bytes_left) const noexcept {
      std::uint64_t there[2];
      std::memcpy(there, text, sizeof there);
      if ((((there[0] ^ words[0]) & masks[0]) | ((there[1] ^ words[1]) & masks[1])) != 0) return false;
      return raw.size() <= sizeof there ||
             (raw.size() <= bytes_left && std::memcmp(text, raw.data(), raw.size()) == 0);
    }

    std::uint64_t words[2] = {};
    std::uint64_t masks[2] = {};
    std::string raw;
    JsonNode* node;
  };
  /// Keys that are remembered; others are looked up each time.
  static constexpr std::size_t kSeenKeysMax = 64;

  JsonNode* find_elsewhere(simdjson::ondemand::field& field, std::size_t bytes_left);
  JsonNode* node_of(std::string_view key) noexcept;

  std::optional<std::size_t> column_;
  std::vector<std::pair<std::string, JsonNode>> fields_;
  std::vector<std::pair<std::size_t, JsonNode>> elements_;
  std::vector<SeenKey> seen_;
  std::size_t next_ = 0;  ///< of seen_: the key that comes next if the order is as before
};

}  // namespace weir
