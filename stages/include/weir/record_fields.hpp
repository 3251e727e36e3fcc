// Structs as records: which member is which column.
//
//     const auto fields = weir::fields<Order>("id", &Order::id, "price", &Order::price, "note",
//     &Order::note); fields.batch_of(orders)     // columns id, price, note fields.items_of(batch)      // by
//     the names of the columns, wherever they stand
//
// Members are bool, integers, float, double, std::string, weir::Timestamp and weir::Date, or std::optional
// of one of these, which alone can be NULL. A mapping is immutable, and used by any number of threads. Values
// are converted column by column.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weir/error.hpp"
#include "weir/item_buffer.hpp"
#include "weir/member_type.hpp"
#include "weir/record_batch.hpp"

namespace weir {

/// A column that does not fit the member that it is for: `mend` says what to do.
struct ColumnMisfit {
  std::string column;
  std::string message;
  std::string mend;
};

/// The members of a struct as columns: what there is to know without knowing the struct.
class FieldList {
 public:
  /// Throws UsageError for a name that is empty or taken.
  void add(std::string column, const MemberType& type);

  std::size_t size() const noexcept { return types_.size(); }
  /// The columns that items of this kind make.
  const std::shared_ptr<const Schema>& schema() const noexcept { return schema_; }

  /// Which column of `schema` each member is read from. Where one has none that fits, adds to `misfits`, and
  /// what is answered must not be used. An int64 fits a float or double, a column that is always NULL fits
  /// anything.
  std::vector<std::size_t> columns_in(const Schema& schema, std::vector<ColumnMisfit>& misfits) const;

  /// Makes a column of each member for which `wanted` (empty: all) says so, of `physical_rows` rows, and null
  /// for the others. `rows`: the row of each item. `keeper`: keeps the items alive, so that strings need not
  /// be copied; null: they are copied. Rows of items that do not fit a column become NULL, and are added to
  /// `errors`. `text_bytes` grows by what the slots point to.
  std::vector<ColumnPtr> write(const Members& members, const RowSet& rows, std::size_t physical_rows,
                               const std::vector<bool>& wanted, const Keepalive& keeper, RowErrors& errors,
                               std::size_t& text_bytes) const;

  /// Sets the members of as many items as the batch has rows. `columns`: as columns_in has answered. Members
  /// of a row that is added to `errors` stay as they are.
  void read(const RecordBatch& batch, std::span<const std::size_t> columns, const Members& members,
            RowErrors& errors) const;

  /// As columns_in, for a batch that must have the columns as values. Throws UsageError.
  std::vector<std::size_t> columns_of(const RecordBatch& batch) const;

 private:
  std::shared_ptr<const Schema> schema_ = std::make_shared<const Schema>();
  std::vector<const MemberType*> types_;
};

/// Throws a RecordError about the first of `rows` that is in `errors`, if there is one.
void throw_first_of(const RowErrors& errors, const RowSet& rows);

/// The members of a struct as columns. Made by weir::fields.
template <class Item>
class RecordFields {
 public:
  /// Maps a member, or one of a base, to a column. Throws UsageError for a name that is empty or taken.
  template <class Member, class Owner>
  void add(std::string column, Member Owner::*member) {
    static_assert(RecordMember<Member>,
                  "a member of a record is bool, an integer, float, double, std::string, weir::Timestamp or "
                  "weir::Date, or std::optional of one of these");
    list_.add(std::move(column), member_type<Member>());
    places_.push_back(
        [member](Item& item) { return reinterpret_cast<std::byte*>(std::addressof(item.*member)); });
  }

  const FieldList& list() const noexcept { return list_; }
  /// Where the members of items that stand one after another are. `first` may be null where there are none.
  Members members_of(Item* first) const {
    Members members{.first = {}, .stride = sizeof(Item)};
    for (const auto& place : places_)
      members.first.push_back(first == nullptr ? nullptr : place(*first));
    return members;
  }

  /// The items as a batch that needs them no longer. Throws RecordError for the first that does not fit: an
  /// integer above the largest int64, text of 4 GiB.
  std::shared_ptr<const RecordBatch> batch_of(std::span<const Item> items) const {
    RowErrors errors;
    std::size_t text_bytes = 0;
    const RowSet rows = RowSet::range(0, items.size());
    std::vector<ColumnPtr> columns = list_.write(members_of(const_cast<Item*>(items.data())), rows,
                                                 items.size(), {}, nullptr, errors, text_bytes);
    throw_first_of(errors, rows);
    return std::make_shared<RecordBatch>(list_.schema(), std::move(columns), rows, nullptr, text_bytes);
  }

  /// The records as items. Throws UsageError where the batch has not the columns, RecordError for the first
  /// record that does not fit: a NULL for a member that is no std::optional, an integer out of the member's
  /// range.
  std::vector<Item> items_of(const RecordBatch& batch) const {
    RowErrors errors;
    std::vector<Item> items(batch.rows());
    list_.read(batch, list_.columns_of(batch), members_of(items.data()), errors);
    throw_first_of(errors, batch.row_set());
    return items;
  }

  /// The same for a batch whose columns are known. Items of rows that are added to `errors` are incomplete.
  ItemBuffer<Item> read(const RecordBatch& batch, std::span<const std::size_t> columns,
                        RowErrors& errors) const {
    static_assert(std::default_initializable<Item>, "items are made empty, and then their members are set");
    ItemBuffer<Item> items(batch.rows());
    for (std::size_t row = 0; row < batch.rows(); ++row)
      items.emplace_unchecked();
    list_.read(batch, columns, members_of(items.begin()), errors);
    return items;
  }
  /// The same without those that do not fit.
  ItemBuffer<Item> read_fitting(const RecordBatch& batch, std::span<const std::size_t> columns,
                                RowErrors& errors) const {
    ItemBuffer<Item> items = read(batch, columns, errors);
    if (errors.empty()) return items;
    ItemBuffer<Item> fitting(items.size());
    for (std::size_t row = 0; row < items.size(); ++row)
      if (!errors.contains(batch.row_set()[row])) fitting.emplace_unchecked(std::move(items.begin()[row]));
    return fitting;
  }

 private:
  FieldList list_;
  std::vector<std::function<std::byte*(Item&)>> places_;
};

namespace detail {

template <class Item>
void add_fields(RecordFields<Item>&) {}
template <class Item, class Member, class... More>
void add_fields(RecordFields<Item>& fields, std::string column, Member member, More... more) {
  fields.add(std::move(column), member);
  add_fields(fields, std::move(more)...);
}

}  // namespace detail

/// Maps members to columns, given in turn: the column's name, the pointer to the member. Throws UsageError
/// for a name that is empty or comes twice.
template <class Item, class... NamesAndMembers>
RecordFields<Item> fields(NamesAndMembers... names_and_members) {
  static_assert(sizeof...(NamesAndMembers) % 2 == 0, "each member needs a column's name before it");
  RecordFields<Item> all;
  detail::add_fields(all, std::move(names_and_members)...);
  return all;
}

}  // namespace weir
