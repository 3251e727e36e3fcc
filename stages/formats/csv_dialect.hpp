// Which CSV a file is written in.
//
// The grammar is RFC 4180 with what files in the wild add: rows end in LF or CRLF, the last one also at the
// end of the text; a quote opens a quoted field only where the field begins, elsewhere it is literal text;
// inside quotes, two quotes stand for one, and delimiters and newlines are text; behind the closing quote the
// field must end.
#pragma once

#include <string>

namespace weir::csv {

struct Dialect {
  char delimiter = ',';
  char quote = '"';
  /// Unquoted text that stands for NULL, as nothing at all does anyway.
  std::string null_text;
};

}  // namespace weir::csv
