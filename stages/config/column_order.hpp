// Streams that are merged by column name must bring their columns in one order. Where they do not, the loader
// puts this small stage between.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/graph.hpp"
#include "weir/schema.hpp"

namespace weir {

/// For each column of `wanted` where `given` has it; nothing where they are not the same columns.
std::optional<std::vector<std::size_t>> columns_in_order(const Schema& wanted, const Schema& given);

/// A stage that gives out the columns of its input in the order of `wanted`: column i comes from
/// `sources[i]`.
StageSpec reorder_columns(std::string name, const Schema& wanted, std::vector<std::size_t> sources);

}  // namespace weir
