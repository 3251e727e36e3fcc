// hash: one number for any values, the same on every machine and in every version.

#include <bit>
#include <cstring>
#include <limits>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/kernel.hpp"

namespace weir::expressions {
namespace {

// The last step of MurmurHash3 (Austin Appleby, public domain): every bit of a word decides over every other.
std::uint64_t mixed(std::uint64_t word) noexcept {
  word ^= word >> 33;
  word *= 0xff51afd7ed558ccdu;
  word ^= word >> 33;
  word *= 0xc4ceb9fe1a85ec53u;
  return word ^ word >> 33;
}

std::uint64_t word_of(std::uint8_t value) noexcept { return value; }
std::uint64_t word_of(std::int64_t value) noexcept { return static_cast<std::uint64_t>(value); }
// Values that `=` takes for one have one hash.
std::uint64_t word_of(double value) noexcept {
  if (value != value) value = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
}
std::uint64_t word_of(const StringSlot& slot) noexcept {
  std::string_view text = slot.view();
  std::uint64_t hash = text.size();
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), size);
    hash = mixed(hash ^ word) + 0x9e3779b97f4a7c15u;
    text.remove_prefix(size);
  }
  return hash;
}

constexpr std::uint64_t kNull = 0x2545f4914f6cdd1du;

class HashKernel final : public Kernel {
 public:
  explicit HashKernel(Arguments values) : Kernel(Type::int64, std::move(values)) {}

  Operand evaluate(const Frame& frame) const override {
    ColumnBuilder builder(Type::int64, frame.physical_rows());
    auto* const out = builder.values<std::int64_t>();
    for (const KernelPtr& argument : arguments())
      add(argument->evaluate(frame), frame.rows, out);
    // Without its highest bit, so that `hash(x) % 10` is never negative.
    frame.rows.for_each(
        [&](std::size_t row) { out[row] = static_cast<std::int64_t>(word_of(out[row]) >> 1); });
    return Operand::of_column(std::move(builder).finish());
  }

 private:
  static void add(const Operand& operand, const RowSet& rows, std::int64_t* out) {
    with_stored_type(operand.column().type(), [&](auto stored) {
      using T = typename decltype(stored)::type;
      const T* const values = operand.column().values<T>();
      rows.for_each([&](std::size_t row) {
        const std::uint64_t word = operand.is_valid(row) ? word_of(values[operand.place(row)]) : kNull;
        out[row] = static_cast<std::int64_t>(mixed(word_of(out[row]) * 31 ^ word));
      });
    });
  }
};

KernelPtr make_hash(Type, Arguments arguments) { return std::make_shared<HashKernel>(std::move(arguments)); }

}  // namespace

void add_hash(FunctionTable& table) {
  Function function;
  function.name = "hash";
  function.section = "Conditions";
  function.usage = "hash(x, ...)";
  function.summary =
      "A number from 0 that looks random, always the same for the same values of the same types; NULL has "
      "one too.";
  function.example = "hash('SFO') % 10";
  function.conversion = Conversion::none;
  function.arguments_min = 1;
  function.arguments_max = std::numeric_limits<std::size_t>::max();
  function.result = Type::int64;
  function.null_gives_null = false;
  function.make = make_hash;
  table.add(std::move(function));
}

}  // namespace weir::expressions
