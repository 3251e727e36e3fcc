// string_agg: a group's texts one behind another, in the order of the input.

#include <algorithm>
#include <string>
#include <vector>

#include "stages/aggregates/accumulator.hpp"
#include "stages/aggregates/by_group.hpp"
#include "stages/records/text_arena.hpp"

namespace weir {
namespace {

class JoinedText final : public Accumulator {
 public:
  explicit JoinedText(std::string separator) : separator_(std::move(separator)) {
    arenas_.push_back(std::make_unique<TextArena>());
  }

  void resize(std::size_t groups) override { group_count_ = groups; }
  void prepare(const GroupedRows& rows) override {
    prepared_.clear();
    prepared_.reserve(rows.rows.size());
    const auto* slots = rows.values->values<StringSlot>();
    for_each_value(rows,
                   [&](GroupId, std::size_t row) { prepared_.push_back(arenas_[0]->copy(slots[row])); });
    make_room(groups_, prepared_.size());
    make_room(texts_, prepared_.size());
  }
  void update(const GroupedRows& rows) noexcept override {
    std::size_t next = 0;
    for_each_value(rows, [&](GroupId group, std::size_t row) {
      groups_.push_back(group);
      texts_.push_back({rows.place_of(row), prepared_[next++]});
    });
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    auto& from = static_cast<JoinedText&>(other);
    make_room(groups_, from.groups_.size());
    make_room(texts_, from.texts_.size());
    for (auto& arena : from.arenas_)
      arenas_.push_back(std::move(arena));
    for (std::size_t i = 0; i < from.texts_.size(); ++i) {
      groups_.push_back(groups[from.groups_[i]]);
      texts_.push_back(from.texts_[i]);
    }
  }

  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    if (!arranged_) arrange();
    ColumnBuilder column(Type::string, groups.size());
    std::string joined;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::span<Text> texts = by_group_.of(groups[i], std::span(texts_));
      if (texts.empty()) {
        column.set_null(i);
        continue;
      }
      joined.clear();
      for (const Text& each : texts) {
        if (&each != texts.data()) joined += separator_;
        joined += each.text.view();
      }
      column.set_copy(i, joined);
    }
    return std::move(column).finish();
  }

  std::size_t bytes() const noexcept override {
    std::size_t bytes =
        groups_.capacity() * sizeof(GroupId) + texts_.capacity() * sizeof(Text) + by_group_.bytes();
    for (const auto& arena : arenas_)
      bytes += arena->bytes();
    return bytes;
  }

 private:
  struct Text {
    RecordPlace place;
    StringSlot text;
  };

  void arrange() {
    by_group_ = ByGroup(groups_, group_count_);
    texts_ = by_group_.arranged<Text>(texts_, groups_);
    std::vector<GroupId>().swap(groups_);
    const auto earlier = [](const Text& a, const Text& b) { return a.place < b.place; };
    for (GroupId group = 0; group < group_count_; ++group) {
      const std::span<Text> texts = by_group_.of(group, std::span(texts_));
      if (!std::is_sorted(texts.begin(), texts.end(), earlier))
        std::sort(texts.begin(), texts.end(), earlier);
    }
    arranged_ = true;
  }

  std::string separator_;
  std::size_t group_count_ = 0;
  std::vector<std::unique_ptr<TextArena>>
      arenas_;                        ///< the first is ours, the others came with what was absorbed
  std::vector<GroupId> groups_;       ///< of each text, until they are arranged
  std::vector<Text> texts_;           ///< as they came; then by group and place
  std::vector<StringSlot> prepared_;  ///< of the batch in hand
  ByGroup by_group_;
  bool arranged_ = false;
};

}  // namespace

std::unique_ptr<Accumulator> make_joined_text(std::string separator) {
  return std::make_unique<JoinedText>(std::move(separator));
}

}  // namespace weir
