// What `--help` says.
#pragma once

#include <string>

namespace weir {

std::string help_text();
std::string run_help_text();
std::string replay_help_text();
std::string chaos_help_text();
std::string validate_help_text();
std::string stages_help_text();

}  // namespace weir
