// The list of stage types that a config can name. Adding a stage: declare its description here, add it to the
// list in builtin_stages.cpp, and define it at the end of the stage's own file.
#pragma once

#include "weir/record_stage.hpp"

namespace weir {

StageDescription describe_read_csv();
StageDescription describe_read_ndjson();
StageDescription describe_read_lines();
StageDescription describe_generate();
StageDescription describe_filter();
StageDescription describe_select();
StageDescription describe_derive();
StageDescription describe_aggregate();
StageDescription describe_join();
StageDescription describe_sort();
StageDescription describe_drop();
StageDescription describe_rename();
StageDescription describe_distinct();
StageDescription describe_limit();
StageDescription describe_route();
StageDescription describe_check();
StageDescription describe_fill();
StageDescription describe_sample();
StageDescription describe_window();
StageDescription describe_session();
StageDescription describe_parse();
StageDescription describe_write_csv();
StageDescription describe_write_ndjson();
StageDescription describe_write_lines();
StageDescription describe_print();
StageDescription describe_discard();

}  // namespace weir
