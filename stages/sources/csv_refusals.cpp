#include "stages/sources/csv_refusals.hpp"

#include <string>
#include <utility>

#include "stages/formats/csv_sniffer.hpp"
#include "stages/sources/refusal_words.hpp"

namespace weir {
namespace {

// Where the config is to say that a column has another type.
std::string mend_type(const std::string& column, Type type, const CsvReading& reading) {
  const std::string entry = yaml_key(column) + ": " + std::string(to_string(type));
  if (reading.schema_is_given) return "say `" + entry + "` in the `schema:` of stage " + reading.stage;
  return "add `types: {" + entry + "}` to stage " + reading.stage;
}

}  // namespace

ErrorInfo describe_misfit(const csv::Misfit& misfit, const CsvReading& reading) {
  const Field& field = (*reading.schema)[misfit.column];
  const std::string value = "column " + field.name + ": " + shown(misfit.text);
  if (!misfit.is_utf8)
    return data_error(value + " is not UTF-8; convert the file first, as `iconv -t UTF-8` does");
  if (field.always_null)
    return data_error(value + " came after the columns were sniffed, when this one had no value; " +
                      mend_type(field.name, csv::sniff_type(misfit.text), reading));
  return data_error(value + " is not " + with_article(field.type) + "; " +
                    mend_type(field.name, Type::string, reading) + " if it is text");
}

ErrorInfo describe_misshape(const csv::MisshapenRow& row, const CsvReading& reading, std::size_t file) {
  const std::string quote(1, reading.dialect.quote);
  switch (row.misshape) {
    case csv::Misshape::open_quote:
      return data_error("a quote is opened and never closed; in quoted fields, write " + quote + quote +
                        " for " + quote);
    case csv::Misshape::text_after_quote:
      return data_error("text stands behind a closing quote; in quoted fields, write " + quote + quote +
                        " for " + quote);
    case csv::Misshape::field_count:
      break;
  }
  const std::size_t columns = reading.fields_of(file);
  const std::string unquoted =
      row.fields > columns ? std::string("'") + reading.dialect.delimiter + "'" : "line ends";
  return data_error("the record has " + std::to_string(row.fields) +
                    (row.fields == 1 ? " field" : " fields") + ", not " + std::to_string(columns) +
                    "; put quotes around fields with " + unquoted + " in them");
}

}  // namespace weir
