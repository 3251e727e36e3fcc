#include "stages/sources/csv_columns.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "stages/formats/type_guess.hpp"

namespace weir {

void CsvColumnUnion::add(const Schema& sniffed) {
  files_.push_back(sniffed);
  for (const Field& field : sniffed) {
    const auto known = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const Column& column) { return column.field.name == field.name; });
    if (known == columns_.end()) {
      columns_.push_back({field, !field.always_null});
    } else if (!field.always_null) {
      TypeGuess guess;
      if (known->has_values) guess.add(known->field.type);
      guess.add(field.type);
      known->field = {field.name, guess.type()};
      known->has_values = true;
    }
  }
}

Schema CsvColumnUnion::schema() const {
  std::vector<Field> fields;
  for (const Column& column : columns_)
    fields.push_back(column.field);
  return Schema(std::move(fields));
}

std::vector<CsvFileColumns> CsvColumnUnion::columns_of_files() const {
  std::vector<CsvFileColumns> all;
  for (const Schema& file : files_) {
    CsvFileColumns columns{file.size(), {}};
    for (const Column& column : columns_) {
      const auto found = std::find_if(file.begin(), file.end(),
                                      [&](const Field& field) { return field.name == column.field.name; });
      columns.field_of_column.push_back(
          found == file.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - file.begin())));
    }
    all.push_back(std::move(columns));
  }
  return all;
}

}  // namespace weir
