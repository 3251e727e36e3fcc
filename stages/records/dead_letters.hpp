// Dead letters as records: what stages that read an `errors` port see.
#pragma once

#include <vector>

#include "weir/dead_letter.hpp"
#include "weir/schema.hpp"

namespace weir {

/// stage, port, incarnation, attempts, error_class, error, file, line, byte_offset, ordinal, record. NULL
/// where the origin of a record is not known, and where its stage has one input only. `record` is the record as it
/// says itself: what a reader refused is the text that it read, what another stage refused is a JSON object.
const Schema& dead_letter_schema();

/// A DeadLetterEncoder: one record a letter, in the order given.
Batch encode_dead_letters(std::vector<DeadLetter<Batch>>&& letters);

}  // namespace weir
