// Random expressions, each written twice: as weir reads them, and as SQLite does. Only forms are made of
// which both mean the same; where SQLite spells one differently, its text does so.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>

namespace weir::testing {

/// The types of the columns that expressions are made over: a, b int64; x, y double; s, t string; p, q bool;
/// d, e date.
enum class Kind : unsigned char { integer, real, text, truth, day };

struct SqlPair {
  std::string ours;
  std::string theirs;
};

class RandomSql {
 public:
  explicit RandomSql(std::uint64_t seed) : random_(seed) {}

  /// An expression of a kind, with at most `depth` calls inside of one another.
  SqlPair of(Kind kind, int depth);
  Kind kind() { return static_cast<Kind>(below(5)); }
  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  /// A value of a column as a literal that both read, or NULL.
  std::string literal(Kind kind);

 private:
  SqlPair integer(int depth);
  SqlPair real(int depth);
  SqlPair text(int depth);
  SqlPair truth(int depth);
  SqlPair day(int depth);
  SqlPair leaf(Kind kind);
  SqlPair any_kind(Kind kind, int depth);
  SqlPair test_of(Kind kind, int depth);

  /// A call or operator with $1, $2 ... for arguments; `theirs` empty: written alike.
  SqlPair made(const std::string& ours, const std::string& theirs, std::initializer_list<SqlPair> arguments);

  std::mt19937_64 random_;
};

}  // namespace weir::testing
