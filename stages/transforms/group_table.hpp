// Gives every different key a number, in the order in which they come: 0, 1, 2 ...
//
// Open addressing with linear probing. An entry of the table is half of the key's hash and its number, so
// that a probe reads eight bytes, and the key itself only where it is found. Keys and hashes lie by number
// beside it. One thread changes a table; any number may look up.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "stages/transforms/key_hash.hpp"
#include "weir/error.hpp"

namespace weir {

/// The number of a group; kNoGroup: there is none.
using GroupId = std::uint32_t;
inline constexpr GroupId kNoGroup = std::numeric_limits<GroupId>::max();

/// Key: a word, or a StringSlot whose text lives as long as the table.
template <class Key>
class GroupTable {
 public:
  std::size_t size() const noexcept { return keys_.size(); }
  const Key& key(GroupId group) const noexcept { return keys_[group]; }
  std::uint64_t hash(GroupId group) const noexcept { return hashes_[group]; }
  std::size_t bytes() const noexcept {
    return entries_.capacity() * sizeof(Entry) + keys_.capacity() * sizeof(Key) +
           hashes_.capacity() * sizeof(std::uint64_t);
  }

  GroupId find(const Key& key, std::uint64_t hash) const noexcept {
    if (entries_.empty()) return kNoGroup;
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Entry entry = entries_[at];
      if (entry.group == kNoGroup) return kNoGroup;
      if (entry.tag == tag_of(hash) && keys_[entry.group] == key) return entry.group;
    }
  }

  /// The key's number; a key that is new is added as `keep(key)`, which may copy what the key points to.
  template <class Keep>
  GroupId number(const Key& key, std::uint64_t hash, Keep&& keep) {
    const GroupId found = find(key, hash);
    if (found == kNoGroup) [[unlikely]]
      return add(keep(key), hash);
    return found;
  }

  /// The number of NULL, which is a key of its own and equal to itself.
  GroupId find_null() const noexcept { return null_group_; }
  GroupId number_null() {
    if (null_group_ == kNoGroup) null_group_ = append(Key{}, 0);
    return null_group_;
  }

  /// Asks the processor to fetch where a hash is looked up, some keys ahead of need.
  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(entries_.data() + (hash & mask_)); }
  /// Whether the table is too large for the nearer caches, so that prefetching pays.
  bool is_large() const noexcept { return entries_.size() > kEntriesInCache; }

  /// Forgets the newest keys until there are `size`; also mends a table that an exception left half changed.
  void truncate(std::size_t size) noexcept {
    keys_.resize(size);
    hashes_.resize(size);
    if (null_group_ != kNoGroup && null_group_ >= size) null_group_ = kNoGroup;
    for (Entry& entry : entries_)
      entry = Entry{};
    for (GroupId group = 0; group < size; ++group)
      if (group != null_group_) enter(group, entries_, mask_);
  }

 private:
  struct Entry {
    std::uint32_t tag = 0;
    GroupId group = kNoGroup;
  };
  static constexpr std::size_t kEntriesMin = 64;
  static constexpr std::size_t kEntriesInCache = std::size_t{1} << 14;

  static std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32); }

  GroupId append(const Key& key, std::uint64_t hash) {
    if (keys_.size() >= kNoGroup) throw Error(ErrorClass::resource, "more groups than a table can number");
    keys_.push_back(key);
    hashes_.push_back(hash);
    return static_cast<GroupId>(keys_.size() - 1);
  }

  // Rare: apart from the loop that it is called in.
  [[gnu::noinline]] GroupId add(const Key& key, std::uint64_t hash) {
    if ((keys_.size() + 1) * 2 > entries_.size()) grow();
    const GroupId group = append(key, hash);
    enter(group, entries_, mask_);
    return group;
  }

  void enter(GroupId group, std::vector<Entry>& entries, std::size_t mask) const noexcept {
    std::size_t at = hashes_[group] & mask;
    while (entries[at].group != kNoGroup)
      at = (at + 1) & mask;
    entries[at] = {tag_of(hashes_[group]), group};
  }

  void grow() {
    std::vector<Entry> larger(entries_.empty() ? kEntriesMin : entries_.size() * 2);
    for (GroupId group = 0; group < keys_.size(); ++group)
      if (group != null_group_) enter(group, larger, larger.size() - 1);
    entries_ = std::move(larger);
    mask_ = entries_.size() - 1;
  }

  std::vector<Entry> entries_;  ///< a power of two of them, at most half of them taken
  std::size_t mask_ = 0;
  std::vector<Key> keys_;
  std::vector<std::uint64_t> hashes_;
  GroupId null_group_ = kNoGroup;
};

}  // namespace weir
