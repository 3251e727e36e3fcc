// Streams that are merged by column name must bring their columns in one order, each of one type. Where they
// do not, the loader puts this small stage between.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/graph.hpp"
#include "weir/record_stage.hpp"
#include "weir/schema.hpp"

namespace weir {

/// Whether batches of the one schema are batches of the other as they are: names and types in the same order.
bool have_same_layout(const Schema& a, const Schema& b);

/// For each column of `wanted` where `given` has it; nothing where they are not the same columns. A column
/// that is always NULL is one of any type.
std::optional<std::vector<std::size_t>> columns_in_order(const Schema& wanted, const Schema& given);

/// What is needed of a column that takes another's place. To become a NULL of another type it must be known
/// to be NULL, however little is wanted of the result.
Need need_of_source(Need wanted, const Field& place, const Field& source);

/// A stage that gives out the columns of its input in the order of `wanted`: column i comes from
/// `sources[i]`. A column of another type is always NULL, and becomes NULLs of the wanted one.
StageSpec reorder_columns(std::string name, const Schema& wanted, std::vector<std::size_t> sources);

}  // namespace weir
