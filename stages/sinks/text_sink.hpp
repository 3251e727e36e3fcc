// Writes records as text into a file, to standard output, or into a FIFO: what the writers of all text
// formats share.
//
// A format says how a batch becomes text; that is done on many threads, writing in order on one.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "stages/sinks/output_file.hpp"
#include "weir/graph.hpp"
#include "weir/record_batch.hpp"
#include "weir/sink.hpp"

namespace weir {

/// What a writer was configured to do. Immutable once running; shared by incarnations.
struct TextWriting {
  std::string path;
  OutputFile::Mode mode = OutputFile::Mode::replace;
  std::string header;  ///< what the file begins with, also where no record comes
  /// Appends a batch's records. Rejects rows that have no text, and answers how many it has left out. From
  /// many threads at once.
  std::function<std::size_t(std::string& to, const RecordBatch& batch, Emitter& out)> append_records = {};
};

/// The stage's running form.
SinkSpec text_sink(TextWriting writing);

}  // namespace weir
