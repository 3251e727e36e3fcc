#include "stages/formats/compression.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "weir/error.hpp"

namespace weir {
namespace {

// Takes bytes apart in pieces of the sizes given, over and over.
std::string decompressed(Compression compression, std::string_view bytes, std::size_t bytes_at_once,
                         std::size_t text_at_once) {
  const auto decompressor = make_decompressor(compression);
  std::string text;
  std::vector<char> buffer(text_at_once);
  for (bool may_hold = false; !bytes.empty() || may_hold;) {
    const auto step = decompressor->run(bytes.substr(0, bytes_at_once), buffer.data(), buffer.size());
    text.append(buffer.data(), step.given);
    bytes.remove_prefix(step.taken);
    may_hold = step.given == buffer.size();
  }
  return decompressor->may_end() ? text : text + "(broken off)";
}

RC_GTEST_PROP(CompressionProperty, GivesBackWhatWasCompressedInAnyPieces, ()) {
  const auto compression = *rc::gen::element(Compression::gzip, Compression::zstd);
  std::string bytes;
  std::string expected;
  for (const std::string& piece :
       *rc::gen::container<std::vector<std::string>>(rc::gen::string<std::string>())) {
    append_compressed(bytes, piece, compression);
    expected += piece;
  }
  const auto bytes_at_once = *rc::gen::inRange<std::size_t>(1, 50);
  const auto text_at_once = *rc::gen::inRange<std::size_t>(1, 50);
  RC_ASSERT(decompressed(compression, bytes, bytes_at_once, text_at_once) == expected);
}

RC_GTEST_PROP(CompressionProperty, NeverTakesDamagedBytesForOthers, ()) {
  const auto compression = *rc::gen::element(Compression::gzip, Compression::zstd);
  const auto text = *rc::gen::nonEmpty(rc::gen::string<std::string>());
  std::string bytes;
  append_compressed(bytes, text, compression);
  bytes.resize(*rc::gen::inRange<std::size_t>(1, bytes.size()));
  try {
    RC_ASSERT(decompressed(compression, bytes, 1000, 1000).ends_with("(broken off)"));
  } catch (const RecordError&) {
  }
}

TEST(Compression, IsKnownByNameAndByBytes) {
  EXPECT_EQ(compression_of_path("a.csv.gz"), Compression::gzip);
  EXPECT_EQ(compression_of_path("a.zst"), Compression::zstd);
  EXPECT_EQ(compression_of_path("a.gz.csv"), Compression::none);
  for (const Compression each : {Compression::gzip, Compression::zstd}) {
    std::string bytes;
    append_compressed(bytes, "text", each);
    EXPECT_EQ(compression_of_bytes(bytes), each);
  }
  EXPECT_EQ(compression_of_bytes("a,b\n"), Compression::none);
  EXPECT_EQ(compression_of_bytes(""), Compression::none);
}

}  // namespace
}  // namespace weir
