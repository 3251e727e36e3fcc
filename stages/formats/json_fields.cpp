#include "stages/formats/json_fields.hpp"

#include <algorithm>

namespace weir {
namespace {

template <class Key>
JsonNode& child(std::vector<std::pair<Key, JsonNode>>& children, const Key& key) {
  for (auto& [each, node] : children)
    if (each == key) return node;
  return children.emplace_back(key, JsonNode()).second;
}

// A key from behind its opening quote to its closing one; empty where that is missing.
std::string_view with_closing_quote(const char* raw, std::size_t bytes_left) noexcept {
  for (std::size_t i = 0; i < bytes_left; ++i) {
    if (raw[i] == '"') return {raw, i + 1};
    if (raw[i] == '\\') ++i;
  }
  return {};
}

}  // namespace

void JsonNode::add(const JsonPath& path, std::size_t column) {
  JsonNode* node = this;
  for (const JsonStep& step : path)
    node = step.index ? &child(node->elements_, *step.index) : &child(node->fields_, step.key);
  node->column_ = column;
}

std::size_t JsonNode::some_column() const noexcept {
  std::optional<std::size_t> first;
  for_each_column([&](std::size_t column) {
    if (!first) first = column;
  });
  return first.value_or(0);
}

JsonNode* JsonNode::find_elsewhere(simdjson::ondemand::field& field, std::size_t bytes_left) {
  const char* const raw = field.key().raw();
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (!seen_[i].begins(raw, bytes_left)) continue;
    next_ = i + 1;
    return seen_[i].node;
  }
  const std::string_view quoted = with_closing_quote(raw, bytes_left);
  std::string_view key = quoted.substr(0, quoted.size() - std::min<std::size_t>(quoted.size(), 1));
  if (key.find('\\') != std::string_view::npos && field.unescaped_key().get(key)) return nullptr;
  JsonNode* const node = node_of(key);
  if (!quoted.empty() && seen_.size() < kSeenKeysMax) {
    seen_.emplace_back(quoted, node);
    next_ = seen_.size();
  }
  return node;
}

JsonNode* JsonNode::node_of(std::string_view key) noexcept {
  for (auto& [each, node] : fields_)
    if (each == key) return &node;
  return nullptr;
}

JsonNode* JsonNode::element(std::size_t index) noexcept {
  for (auto& [each, node] : elements_)
    if (each == index) return &node;
  return nullptr;
}

std::size_t JsonNode::elements_end() const noexcept {
  std::size_t end = 0;
  for (const auto& [index, node] : elements_)
    end = std::max(end, index + 1);
  return end;
}

}  // namespace weir
