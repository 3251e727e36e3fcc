// Several columns' values as one string of bytes a row: equal rows have equal bytes, and they can be read
// back.
//
// Each value is one byte that says how many bytes follow (0: NULL), and then these: numbers without their
// leading zero bytes, strings as they are. So keys of two short codes or small numbers fit a StringSlot
// without a pointer.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "weir/record_batch.hpp"

namespace weir {

/// The encoded rows of one batch. The slots point into `bytes`.
struct EncodedRows {
  std::unique_ptr<char[]> bytes;
  std::vector<StringSlot> slots;  ///< one a row, in order
};

/// Requires Encoding::values. Equal doubles are encoded alike: both zeros, all NaNs.
EncodedRows encode_rows(std::span<const ColumnPtr> columns, const RowSet& rows);

/// The columns that were encoded into `rows`. Strings point into the encoded bytes, which `keepalive` keeps
/// alive; those of rows that lie within their slot are copied.
std::vector<ColumnPtr> decode_rows(std::span<const StringSlot* const> rows, std::span<const Type> types,
                                   const Keepalive& keepalive);

/// The bits of a double that stand for all doubles equal to it.
std::uint64_t canonical_bits(double value) noexcept;

}  // namespace weir
