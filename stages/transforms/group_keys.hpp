// The keys of groups: numbers the rows of batches by their key columns, and gives the keys back as columns.
//
// One word or one string is looked up as it is; keys of several columns are first encoded into one string of
// bytes. NULL is equal to NULL; all NaNs are one key and so are the two zeros. One thread changes it; any
// number may look up.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "stages/transforms/group_table.hpp"
#include "weir/record_batch.hpp"

namespace weir {

class GroupKeys {
 public:
  /// For keys of these types, all with Encoding::values. No type at all: there is one group, from the
  /// beginning.
  static std::unique_ptr<GroupKeys> make(std::vector<Type> types);
  virtual ~GroupKeys() = default;

  virtual std::size_t size() const noexcept = 0;
  virtual std::size_t bytes() const noexcept = 0;

  /// Writes the number of each of `rows`, in their order, adding keys that are new. When it throws, the
  /// caller truncates.
  virtual void number(std::span<const ColumnPtr> keys, const RowSet& rows, GroupId* groups) = 0;
  /// The same, but kNoGroup for keys that are not there.
  virtual void find(std::span<const ColumnPtr> keys, const RowSet& rows, GroupId* groups) const = 0;
  /// Writes the number of each key of `other`, which has keys of the same types, adding those that are new.
  virtual void absorb(const GroupKeys& other, GroupId* groups) = 0;
  /// Forgets the newest keys until there are `size`.
  virtual void truncate(std::size_t size) noexcept = 0;

  /// The key columns of these groups. Long strings stay here, and are kept alive by the columns.
  virtual std::vector<ColumnPtr> columns(std::span<const GroupId> groups) const = 0;
};

}  // namespace weir
