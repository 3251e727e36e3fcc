#include "stages/builtin_stages.hpp"

namespace weir {
namespace {

StageRegistry make_builtin_registry() {
  StageRegistry registry;
  // Sources.
  registry.add(describe_read_csv());
  registry.add(describe_read_ndjson());
  registry.add(describe_read_lines());
  registry.add(describe_generate());
  // Transforms.
  registry.add(describe_filter());
  registry.add(describe_select());
  registry.add(describe_derive());
  registry.add(describe_aggregate());
  registry.add(describe_join());
  registry.add(describe_sort());
  registry.add(describe_drop());
  registry.add(describe_rename());
  registry.add(describe_distinct());
  registry.add(describe_limit());
  registry.add(describe_route());
  registry.add(describe_check());
  registry.add(describe_fill());
  registry.add(describe_sample());
  registry.add(describe_window());
  registry.add(describe_session());
  registry.add(describe_parse());
  // Sinks.
  registry.add(describe_write_csv());
  registry.add(describe_write_ndjson());
  registry.add(describe_write_lines());
  registry.add(describe_print());
  registry.add(describe_discard());
  return registry;
}

}  // namespace

const StageRegistry& StageRegistry::builtin() {
  static const StageRegistry registry = make_builtin_registry();
  return registry;
}

}  // namespace weir
