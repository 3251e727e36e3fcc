// strftime and strptime: times to text and back by a format.

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/time_format.hpp"

namespace weir::expressions {
namespace {

TimeFormat format_argument(std::string_view function, const Arguments& arguments) {
  const Constant* constant = arguments[1]->constant();
  if (constant == nullptr)
    throw BadArgument(1, std::string(function) + " wants its format as a text, not computed",
                      "as in '%Y-%m-%d'");
  return TimeFormat(constant->column->text(0));
}

class WriteTimeKernel final : public Kernel {
 public:
  WriteTimeKernel(KernelPtr time, TimeFormat format)
      : Kernel(Type::string, {std::move(time)}), format_(std::move(format)) {}

  Operand evaluate(const Frame& frame) const override {
    const Operand times = arguments()[0]->evaluate(frame);
    const auto* const micros = times.column().values<std::int64_t>();
    ColumnBuilder builder(Type::string, frame.physical_rows());
    std::string text;
    frame.rows.for_each([&](std::size_t row) {
      if (!times.is_valid(row)) return builder.set_null(row);
      text.clear();
      format_.append(text, micros[times.place(row)]);
      builder.set_copy(row, text);
    });
    return Operand::of_column(std::move(builder).finish());
  }

 private:
  TimeFormat format_;
};

enum class Misfit : unsigned char { error, null };

class ReadTimeKernel final : public Kernel {
 public:
  ReadTimeKernel(KernelPtr text, KernelPtr format_text, TimeFormat format, Misfit misfit)
      : Kernel(Type::timestamp, {std::move(text), std::move(format_text)}, misfit == Misfit::error),
        format_(std::move(format)),
        misfit_(misfit) {}

  Operand evaluate(const Frame& frame) const override {
    const Operand texts = arguments()[0]->evaluate(frame);
    ColumnBuilder builder(Type::timestamp, frame.physical_rows());
    auto* const out = builder.values<std::int64_t>();
    frame.rows.for_each([&](std::size_t row) {
      if (!texts.is_valid(row)) return builder.set_null(row);
      const std::string_view text = texts.column().text(texts.place(row));
      if (const auto micros = format_.parse(text)) {
        out[row] = *micros;
        return;
      }
      builder.set_null(row);
      if (misfit_ == Misfit::error)
        frame.errors.add(row, "strptime cannot read " + shown(text) + " by " +
                                  shown(arguments()[1]->constant()->column->text(0)));
    });
    return Operand::of_column(std::move(builder).finish());
  }

 private:
  TimeFormat format_;
  Misfit misfit_;
};

KernelPtr make_strftime(Type, Arguments arguments) {
  TimeFormat format = format_argument("strftime", arguments);
  return std::make_shared<WriteTimeKernel>(std::move(arguments[0]), std::move(format));
}

KernelPtr make_reader(std::string_view function, Misfit misfit, Arguments arguments) {
  TimeFormat format = format_argument(function, arguments);
  if (const char unreadable = format.unreadable(); unreadable != '\0')
    throw BadArgument(1,
                      std::string(function) + " cannot read `%" + unreadable + "`; only strftime writes it",
                      "name the day by %d and %m, or by %j");
  return std::make_shared<ReadTimeKernel>(std::move(arguments[0]), std::move(arguments[1]), std::move(format),
                                          misfit);
}
KernelPtr make_strptime(Type, Arguments arguments) {
  return make_reader("strptime", Misfit::error, std::move(arguments));
}
KernelPtr make_try_strptime(Type, Arguments arguments) {
  return make_reader("try_strptime", Misfit::null, std::move(arguments));
}

}  // namespace

void add_time_formats(FunctionTable& table) {
  const auto add = [&](std::string_view name, std::string_view usage, std::string_view summary,
                       std::string_view example, std::vector<Type> parameters, Type result,
                       KernelPtr (*make)(Type, Arguments)) {
    table.add(plain_function("Times", name, usage, summary, example, std::move(parameters), result, make));
  };
  add("strftime", "strftime(t, format)",
      "The time as text: %Y year, %m %b %B month, %d day, %H %I %p hour, %M minute, %S second, %f "
      "microseconds, %a "
      "%A day of the week, %j day of the year; with a dash (%-d) without zeros before it.",
      "strftime(timestamp '2024-02-29 13:45:06', '%d/%m/%Y %I:%M %p')", {Type::timestamp, Type::string},
      Type::string, make_strftime);
  add("strptime", "strptime(s, format)",
      "The timestamp that a text says by a format, as strftime has it; %z is an offset from UTC.",
      "strptime('29 Feb 2024 13:45', '%d %b %Y %H:%M')", {Type::string, Type::string}, Type::timestamp,
      make_strptime);
  add("try_strptime", "try_strptime(s, format)",
      "The same, and NULL where the text is not as the format says.", "try_strptime('soon', '%Y-%m-%d')",
      {Type::string, Type::string}, Type::timestamp, make_try_strptime);
}

}  // namespace weir::expressions
