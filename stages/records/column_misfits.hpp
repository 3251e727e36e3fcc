// Columns that do not fit a program's fields, told as problems of a config.
#pragma once

#include <string>
#include <vector>

#include "weir/options.hpp"
#include "weir/record_fields.hpp"

namespace weir {

/// The stage that a program's fields are checked for.
struct CheckedStage {
  explicit CheckedStage(const Options& options) : name(options.stage()) {
    if (const ConfigValue* type = options.value("type")) {
      where = type->where;
      length = type->text.size();
    }
  }

  /// Where the program's members are read from in the input's schema; all that does not fit is reported.
  std::vector<std::size_t> columns_in(const Schema& schema, const FieldList& fields,
                                      Problems& problems) const {
    std::vector<ColumnMisfit> misfits;
    std::vector<std::size_t> columns = fields.columns_in(schema, misfits);
    for (ColumnMisfit& misfit : misfits)
      problems.add({where, name, std::move(misfit.message), std::move(misfit.mend), length});
    return columns;
  }

  std::string name;
  Location where = {};  ///< of its `type`
  std::size_t length = 1;
};

}  // namespace weir
