// Any lines, cut and batched anywhere, are read as a naive reader reads them line by line.

#include "stages/sources/ndjson_source.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/record_table.hpp"
#include "tests/stages/testing/temporary_folder.hpp"

namespace weir {
namespace {

using nlohmann::json;

// The record `n: int64, s: string, o.x: double`; nothing where the line is to be refused.
std::optional<std::string> naive_record(const std::string& line) {
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  std::string record;
  const json n = object.value("n", json());
  if (!n.is_null() && !n.is_number_integer()) return std::nullopt;
  record += n.is_null() ? "~" : n.dump();
  const json s = object.value("s", json());
  record += ", " + (s.is_null() ? "~" : s.is_string() ? s.get<std::string>() : s.dump());
  const json o = object.value("o", json());
  if (!o.is_null() && !o.is_object()) return std::nullopt;
  const json x = o.is_null() ? json() : o.value("x", json());
  if (!x.is_null() && !x.is_number()) return std::nullopt;
  record += ", ";
  if (x.is_null())
    record += "~";
  else
    append_double(record, x.get<double>());
  return record;
}

rc::Gen<std::string> any_value() {
  return rc::gen::weightedElement<std::string>({{8, "1"},
                                                {4, "-123456"},
                                                {2, "12345678901"},
                                                {1, "1.5"},
                                                {2, "null"},
                                                {1, "true"},
                                                {3, "\"x\""},
                                                {2, "\"a string of more than twelve bytes\""},
                                                {2, "\"\\u00e9\\n\\\"\""},
                                                {2, "{\"x\":2.5}"},
                                                {2, "{\"x\":3,\"y\":[{}]}"},
                                                {1, "[]"}});
}

rc::Gen<std::string> any_object() {
  const auto key = rc::gen::elementOf(std::vector<std::string>{"n", "s", "o", "u", "\\u006e"});
  const auto field = rc::gen::map(rc::gen::pair(key, any_value()),
                                  [](const auto& each) { return "\"" + each.first + "\":" + each.second; });
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(field), [](const auto& fields) {
    std::string object;
    for (const std::string& each : fields)
      object += (object.empty() ? "" : ",") + each;
    return "{" + object + "}";
  });
}

rc::Gen<std::string> any_line() {
  const auto wrong =
      rc::gen::elementOf(std::vector<std::string>{"{", "}", "{\"n\":", "\"", "{\"s\":\"", "5", "[1,2]",
                                                  "{} {}", "{\"n\":1}x", "\xFF", "{\"n\":1,}", "nul"});
  return rc::gen::weightedOneOf<std::string>(
      {{30, any_object()}, {1, wrong}, {1, rc::gen::just(std::string())}});
}

RC_GTEST_PROP(NdjsonSourceProperty, ReadsAnyLinesAsANaiveReaderDoesWhereverTheyAreCut, ()) {
  const auto lines = *rc::gen::container<std::vector<std::string>>(any_line());
  std::string text;
  std::vector<std::string> expected;
  std::size_t refused = 0;
  for (const std::string& line : lines) {
    text += line + *rc::gen::weightedElement<std::string>({{5, "\n"}, {1, "\r\n"}});
    if (line.empty()) continue;
    if (const auto record = naive_record(line))
      expected.push_back(*record);
    else
      ++refused;
  }
  const testing::TemporaryFolder folder;
  auto reading = std::make_shared<NdjsonReading>();
  reading->stage = "in";
  reading->files = {{std::make_shared<const std::string>(folder.write("f.ndjson", text))}};
  reading->schema = std::make_shared<const Schema>(testing::make_schema("n: int64, s: string, o.x: double"));
  reading->paths = {{{"n"}}, {{"s"}}, {{"o"}, {"x"}}};
  reading->needs = Needs(3, Need::value);
  reading->block_bytes = *rc::gen::inRange<std::size_t>(1, 200);
  reading->batch_rows = *rc::gen::inRange<std::size_t>(1, 6);

  NdjsonSource source(reading);
  source.open();
  testing::CollectingEmitter out;
  while (const auto work = source.next())
    for (Cursor at = 0; at != kDone;)
      at = source.decode(work->payload, at, out);
  RC_ASSERT(testing::lines_of(out.batches()) == expected);
  RC_ASSERT(out.rejections.size() == refused);
}

}  // namespace
}  // namespace weir
