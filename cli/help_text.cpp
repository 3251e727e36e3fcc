#include "cli/help_text.hpp"

#include "cli/arguments.hpp"
#include "cli/text_table.hpp"
#include "stages/config/chaos_config.hpp"

namespace weir {
namespace {

// The keys of --chaos, which are those of a config's `chaos:`.
std::string chaos_keys_text() {
  TextTable table({Align::left, Align::left});
  for (const ChaosKeyText& key : chaos_key_texts())
    table.add({std::string(key.name) + "=" + std::string(key.example), std::string(key.summary)});
  return table.text("  ");
}

}  // namespace

std::string help_text() {
  return R"(weir runs data pipelines that a YAML file describes.

  weir run CONFIG        runs a pipeline
  weir replay LETTERS --into CONFIG
                         gives refused records to their stages again
  weir chaos CONFIG      checks that a pipeline gives the same whatever fails
  weir validate CONFIG   says what is wrong with a config, without running it
  weir stages [NAME]     tells which stages there are, or all of one
  weir --version

A first config, flights.yaml:

  weir: 1
  stages:
    - {type: read_csv, path: flights.csv}
    - {type: filter, where: delay > 15}
    - {type: aggregate, group_by: [origin], select: {flights: count(*), mean_delay: avg(delay)}}
    - {type: sort, by: [flights desc], limit: 10}
    - {type: print}

  weir run flights.yaml

`weir COMMAND --help` tells more of a command.
)";
}

std::string run_help_text() {
  return R"(weir run CONFIG [options]

Runs a pipeline. Outputs appear under their names when the whole run has succeeded, and not at all otherwise.

Examples:
  weir run configs/busiest_airports.yaml
  weir run flights.yaml --var input=june.csv --threads 4
  weir run flights.yaml --set late.where='delay > 60' --report run.json
  weir run flights.yaml --deadline 10m --log-format json
  zcat flights.csv.gz | weir run flights.yaml --var input=-

Options:
)" + run_options_text() +
         R"(
Faults of --chaos, which are those of a config's `chaos:` section:
)" + chaos_keys_text() +
         R"(
Exit codes: 0 done; 1 a stage gave up; 64 wrong command line; 65 bad input data; 66 missing input; 70 a bug of
weir's; 73 an output cannot be made; 74 reading or writing failed; 75 stopped by a first signal or the
deadline; 78 wrong config; 130 or 143 stopped by a second signal.
)";
}

std::string replay_help_text() {
  return R"(weir replay LETTERS --into CONFIG [options]

Gives the records of dead letters, as `write_ndjson` wrote them from an `errors` port, to the stages that refused
them, and what those make of them to all stages that follow. A join looks up in all of its right side again; other
records do not take part. Mend first what made the records fail: in the config, by --set, or in LETTERS itself.

Outputs hold what came of these records alone, so they are written elsewhere than those of the first run: an output
that is there already is refused, unless --overwrite is given.

Examples:
  weir replay out/refused.ndjson --into flights.yaml --set file.path=more.csv --set refused.path=still_refused.ndjson
  weir replay out/refused.ndjson --into flights.yaml --var folder=again --set flights.types.delay=string

Options:
)" + replay_options_text() +
         R"(
Exit codes are those of `weir run`; 65 also where LETTERS does not fit the config.
)";
}

std::string chaos_help_text() {
  return R"(weir chaos CONFIG [options]

Runs a pipeline once undisturbed and then many times under faults, each time with another seed, and compares exit code
and every byte of output. Outputs go to a temporary folder, standard output too. Faults are those of --chaos, else
those of the config's `chaos:` section, else some at random, as many as the stages' policies survive. Stages without
`retry` or `restart` are only delayed, unless the faults name them.

At the first difference it tells seed, output and line, and how to repeat it.

Examples:
  weir chaos configs/supervised_restart.yaml --runs 200
  weir chaos flights.yaml --chaos throw=1%,throws_per_record=2 --seed 7

Options:
)" + chaos_options_text() +
         R"(
Faults of --chaos, which are those of a config's `chaos:` section:
)" + chaos_keys_text() +
         R"(
Exit codes: 0 all runs gave the same; 1 one did not; 64 wrong command line; 66 missing input; 78 wrong config;
130 or 143 stopped by a signal.
)";
}

std::string validate_help_text() {
  return R"(weir validate CONFIG [options]

Says all that is wrong with a config, or what its stages give out. Reads no data, save the first rows of files whose
columns it must know.

Examples:
  weir validate configs/busiest_airports.yaml
  weir validate flights.yaml --var input=june.csv --errors json

Options:
)" + validate_options_text();
}

std::string stages_help_text() {
  return R"(weir stages [NAME]

Tells which stages a config can name, or what one does: its ports, its options and an example.

Examples:
  weir stages
  weir stages aggregate
)";
}

}  // namespace weir
