#include "weir/record_fields.hpp"

#include <algorithm>

#include "weir/diagnostic.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

bool fits(const Field& column, Type wanted) {
  return column.always_null || column.type == wanted ||
         (column.type == Type::int64 && wanted == Type::float64);
}

std::string_view member_named(Type type) {
  switch (type) {
    case Type::boolean:
      return "a bool";
    case Type::int64:
      return "an integer";
    case Type::float64:
      return "a double";
    case Type::string:
      return "a std::string";
    case Type::timestamp:
      return "a weir::Timestamp";
    case Type::date:
      return "a weir::Date";
  }
  return "another";
}

ColumnMisfit misfit_of(const Field& column, Type wanted) {
  const std::string name = "`" + column.name + "`";
  return {column.name,
          "the column " + name + " is of type " + std::string(to_string(column.type)) +
              ", and the program wants type " + std::string(to_string(wanted)),
          "let the program's member be " + std::string(member_named(column.type)) +
              ", or convert the column: cast(" + column.name + " as " + std::string(to_string(wanted)) + ")"};
}

[[noreturn]] void refuse(const ColumnMisfit& misfit) {
  throw UsageError("these records do not fit the program's fields: " + misfit.message +
                   (misfit.mend.empty() ? "" : "; " + misfit.mend));
}

}  // namespace

void FieldList::add(std::string column, const MemberType& type) {
  if (column.empty()) throw UsageError("a member is mapped to a column without a name; give it one");
  std::vector<Field> fields = schema_->fields();
  for (const Field& field : fields)
    if (field.name == column)
      throw UsageError("two members are mapped to the column `" + column +
                       "`; give one of them another name");
  fields.push_back({std::move(column), type.type});
  schema_ = std::make_shared<const Schema>(std::move(fields));
  types_.push_back(&type);
}

std::vector<std::size_t> FieldList::columns_in(const Schema& schema,
                                               std::vector<ColumnMisfit>& misfits) const {
  std::vector<std::size_t> columns;
  columns.reserve(size());
  for (const Field& field : *schema_) {
    const auto column = schema.find(field.name);
    if (!column) {
      misfits.push_back({field.name, "the program wants a column `" + field.name + "`, and there is none",
                         schema.size() == 0 ? "" : suggest_name(field.name, schema.names())});
    } else if (!fits(schema[*column], field.type)) {
      misfits.push_back(misfit_of(schema[*column], field.type));
    }
    columns.push_back(column.value_or(0));
  }
  return columns;
}

std::vector<std::size_t> FieldList::columns_of(const RecordBatch& batch) const {
  std::vector<ColumnMisfit> misfits;
  std::vector<std::size_t> columns = columns_in(batch.schema(), misfits);
  if (!misfits.empty()) refuse(misfits.front());
  for (const std::size_t column : columns) {
    const ColumnPtr& values = batch.columns()[column];
    if (values == nullptr || values->encoding() != Encoding::values) {
      const std::string& name = batch.schema()[column].name;
      refuse({name, "the batch was made without the values of `" + name + "`", "say Need::value for it"});
    }
  }
  return columns;
}

std::vector<ColumnPtr> FieldList::write(const Members& members, const RowSet& rows, std::size_t physical_rows,
                                        const std::vector<bool>& wanted, const Keepalive& keeper,
                                        RowErrors& errors, std::size_t& text_bytes) const {
  std::vector<ColumnPtr> columns(size());
  for (std::size_t i = 0; i < size(); ++i) {
    if (!wanted.empty() && !wanted[i]) continue;
    ColumnBuilder column(types_[i]->type, physical_rows);
    text_bytes += types_[i]->write({members.first[i], members.stride}, rows, keeper, column,
                                   {(*schema_)[i].name, errors});
    columns[i] = std::move(column).finish();
  }
  return columns;
}

void FieldList::read(const RecordBatch& batch, std::span<const std::size_t> columns, const Members& members,
                     RowErrors& errors) const {
  for (std::size_t i = 0; i < size(); ++i) {
    types_[i]->read(batch.column(columns[i]), batch.row_set(), {members.first[i], members.stride},
                    {(*schema_)[i].name, errors});
  }
}

void throw_first_of(const RowErrors& errors, const RowSet& rows) {
  if (errors.empty()) return;
  std::size_t record = 0;
  while (!errors.contains(rows[record]))
    ++record;
  const auto first =
      std::find_if(errors.entries().begin(), errors.entries().end(),
                   [&](const RowErrors::Entry& each) { return each.physical_row == rows[record]; });
  throw RecordError("record " + std::to_string(record + 1) + ": " + first->message);
}

}  // namespace weir
