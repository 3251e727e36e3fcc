#include "stages/transforms/group_keys.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "stages/records/text_arena.hpp"
#include "stages/transforms/row_encoding.hpp"

namespace weir {
namespace {

constexpr std::size_t kBlockRows = 512;

// Some rows' keys, on the stack.
template <class Key>
struct KeyBlock {
  std::array<Key, kBlockRows> keys;
  std::array<std::uint64_t, kBlockRows> hashes;
  std::array<bool, kBlockRows> nulls;
};

// Writes the group of each row: look_up(key, hash) or, where is_null(row), look_up_null(). `load` gives the
// key of the i-th row. In a table that is not in the nearer caches, a block of keys is hashed before the
// first is looked up, so that the processor fetches many entries at once.
template <class Key, class Load, class IsNull, class LookUp, class LookUpNull>
void look_up_rows(const GroupTable<Key>& table, const RowSet& rows, Load load, IsNull is_null, LookUp look_up,
                  LookUpNull look_up_null, GroupId* groups) {
  std::size_t done = 0;
  while (!table.is_large() && done < rows.size()) {
    const std::size_t count = std::min(kBlockRows, rows.size() - done);
    rows.slice(done, count).for_each([&](std::size_t row) {
      const Key& key = load(done, row);
      groups[done++] = is_null(row) ? look_up_null() : look_up(key, hash_of(key));
    });
  }
  KeyBlock<Key> block;
  while (done < rows.size()) {
    const std::size_t count = std::min(kBlockRows, rows.size() - done);
    std::size_t i = 0;
    rows.slice(done, count).for_each([&](std::size_t row) {
      block.keys[i] = load(done + i, row);
      block.hashes[i] = hash_of(block.keys[i]);
      block.nulls[i] = is_null(row);
      table.prefetch(block.hashes[i++]);
    });
    for (i = 0; i < count; ++i)
      groups[done + i] = block.nulls[i] ? look_up_null() : look_up(block.keys[i], block.hashes[i]);
    done += count;
  }
}

constexpr auto kNeverNull = [](std::size_t) { return false; };

// What a table keeps of a key that is new: words as they are, strings in the arena.
struct KeepKey {
  TextArena& arena;
  std::uint64_t operator()(std::uint64_t key) const noexcept { return key; }
  StringSlot operator()(const StringSlot& key) const { return arena.copy(key); }
};

// How many keys ahead of need the entries of a large table are fetched.
constexpr std::size_t kFetchedAhead = 16;

// Numbers the keys of one table in those of another.
template <class Key>
void absorb_table(GroupTable<Key>& into, const GroupTable<Key>& other, KeepKey keep, GroupId* groups) {
  for (GroupId group = 0; group < other.size(); ++group) {
    if (into.is_large() && group + kFetchedAhead < other.size())
      into.prefetch(other.hash(static_cast<GroupId>(group + kFetchedAhead)));
    groups[group] = group == other.find_null() ? into.number_null()
                                               : into.number(other.key(group), other.hash(group), keep);
  }
}

// How one column's values become keys and come back.
template <class T>
struct WordLoader {
  using Key = std::uint64_t;
  using Value = T;
  static Key load(T value) noexcept { return static_cast<Key>(value); }
  static T store(Key key) noexcept { return static_cast<T>(key); }
};
struct DoubleLoader {
  using Key = std::uint64_t;
  using Value = double;
  static Key load(double value) noexcept { return canonical_bits(value); }
  static double store(Key key) noexcept { return std::bit_cast<double>(key); }
};
struct SlotLoader {
  using Key = StringSlot;
  using Value = StringSlot;
  static const StringSlot& load(const StringSlot& slot) noexcept { return slot; }
  static const StringSlot& store(const StringSlot& slot) noexcept { return slot; }
};

// Keys of one column.
template <class Loader>
class ColumnKeys final : public GroupKeys {
 public:
  using Key = typename Loader::Key;
  using Value = typename Loader::Value;

  explicit ColumnKeys(Type type) : type_(type), arena_(std::make_shared<TextArena>()) {}

  std::size_t size() const noexcept override { return table_.size(); }
  std::size_t bytes() const noexcept override { return table_.bytes() + arena_->bytes(); }

  void number(std::span<const ColumnPtr> keys, const RowSet& rows, GroupId* groups) override {
    visit(
        *keys[0], rows,
        [&](const Key& key, std::uint64_t hash) { return table_.number(key, hash, KeepKey{*arena_}); },
        [&] { return table_.number_null(); }, groups);
  }
  void find(std::span<const ColumnPtr> keys, const RowSet& rows, GroupId* groups) const override {
    visit(
        *keys[0], rows, [&](const Key& key, std::uint64_t hash) { return table_.find(key, hash); },
        [&] { return table_.find_null(); }, groups);
  }
  void absorb(const GroupKeys& other, GroupId* groups) override {
    absorb_table(table_, static_cast<const ColumnKeys&>(other).table_, KeepKey{*arena_}, groups);
  }
  void truncate(std::size_t size) noexcept override { table_.truncate(size); }

  std::vector<ColumnPtr> columns(std::span<const GroupId> groups) const override {
    ColumnBuilder builder(type_, groups.size());
    if (type_ == Type::string) builder.keep(arena_);
    auto* values = builder.template values<Value>();
    for (std::size_t i = 0; i < groups.size(); ++i) {
      values[i] = Loader::store(table_.key(groups[i]));
      if (groups[i] == table_.find_null()) builder.set_null(i);
    }
    return {std::move(builder).finish()};
  }

 private:
  template <class LookUp, class LookUpNull>
  void visit(const Column& column, const RowSet& rows, LookUp look_up, LookUpNull look_up_null,
             GroupId* groups) const {
    const auto* values = column.values<Value>();
    const auto load = [=](std::size_t, std::size_t row) -> decltype(auto) {
      return Loader::load(values[row]);
    };
    if (column.has_nulls()) {
      const auto is_null = [&](std::size_t row) { return !column.is_valid(row); };
      look_up_rows(table_, rows, load, is_null, look_up, look_up_null, groups);
    } else {
      look_up_rows(table_, rows, load, kNeverNull, look_up, look_up_null, groups);
    }
  }

  Type type_;
  GroupTable<Key> table_;
  std::shared_ptr<TextArena> arena_;  ///< shared with the columns that are given out
};

// Keys of several columns, encoded.
class RowKeys final : public GroupKeys {
 public:
  explicit RowKeys(std::vector<Type> types)
      : types_(std::move(types)), arena_(std::make_shared<TextArena>()) {}

  std::size_t size() const noexcept override { return table_.size(); }
  std::size_t bytes() const noexcept override { return table_.bytes() + arena_->bytes(); }

  void number(std::span<const ColumnPtr> keys, const RowSet& rows, GroupId* groups) override {
    visit(
        keys, rows,
        [&](const StringSlot& key, std::uint64_t hash) { return table_.number(key, hash, KeepKey{*arena_}); },
        groups);
  }
  void find(std::span<const ColumnPtr> keys, const RowSet& rows, GroupId* groups) const override {
    visit(
        keys, rows, [&](const StringSlot& key, std::uint64_t hash) { return table_.find(key, hash); },
        groups);
  }
  void absorb(const GroupKeys& other, GroupId* groups) override {
    absorb_table(table_, static_cast<const RowKeys&>(other).table_, KeepKey{*arena_}, groups);
  }
  void truncate(std::size_t size) noexcept override { table_.truncate(size); }

  std::vector<ColumnPtr> columns(std::span<const GroupId> groups) const override {
    std::vector<const StringSlot*> rows;
    rows.reserve(groups.size());
    for (const GroupId group : groups)
      rows.push_back(&table_.key(group));
    return decode_rows(rows, types_, arena_);
  }

 private:
  template <class LookUp>
  void visit(std::span<const ColumnPtr> keys, const RowSet& rows, LookUp look_up, GroupId* groups) const {
    const EncodedRows encoded = encode_rows(keys, rows);
    const auto load = [&](std::size_t i, std::size_t) -> const StringSlot& { return encoded.slots[i]; };
    look_up_rows(
        table_, rows, load, kNeverNull, look_up, [] { return kNoGroup; }, groups);
  }

  std::vector<Type> types_;
  GroupTable<StringSlot> table_;
  std::shared_ptr<TextArena> arena_;  ///< shared with the columns that are given out
};

// Without keys all rows are of one group, which exists even where there is no row.
class NoKeys final : public GroupKeys {
 public:
  std::size_t size() const noexcept override { return 1; }
  std::size_t bytes() const noexcept override { return 0; }
  void number(std::span<const ColumnPtr> keys, const RowSet& rows, GroupId* groups) override {
    find(keys, rows, groups);
  }
  void find(std::span<const ColumnPtr> /*keys*/, const RowSet& rows, GroupId* groups) const override {
    std::fill_n(groups, rows.size(), GroupId{0});
  }
  void absorb(const GroupKeys& /*other*/, GroupId* groups) override { groups[0] = 0; }
  void truncate(std::size_t /*size*/) noexcept override {}
  std::vector<ColumnPtr> columns(std::span<const GroupId> /*groups*/) const override { return {}; }
};

}  // namespace

std::unique_ptr<GroupKeys> GroupKeys::make(std::vector<Type> types) {
  if (types.empty()) return std::make_unique<NoKeys>();
  if (types.size() > 1) return std::make_unique<RowKeys>(std::move(types));
  switch (types.front()) {
    case Type::boolean:
      return std::make_unique<ColumnKeys<WordLoader<std::uint8_t>>>(types.front());
    case Type::float64:
      return std::make_unique<ColumnKeys<DoubleLoader>>(types.front());
    case Type::string:
      return std::make_unique<ColumnKeys<SlotLoader>>(types.front());
    case Type::int64:
    case Type::timestamp:
    case Type::date:
      break;
  }
  return std::make_unique<ColumnKeys<WordLoader<std::int64_t>>>(types.front());
}

}  // namespace weir
