#include "stages/config/value_reader.hpp"

#include <charconv>

#include "stages/config/quantities.hpp"

namespace weir {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

ValueReader ValueReader::item(std::size_t index) const {
  return {value_.items[index], field_ + "[" + std::to_string(index) + "]", problems_};
}

ValueReader ValueReader::entry(std::size_t index) const {
  return {value_.entries[index].value, field_ + "." + value_.entries[index].key, problems_};
}

bool ValueReader::problem(std::string message, std::string mend) const {
  problems_.add(weir::problem_at(value_, field_, std::move(message), std::move(mend)));
  return false;
}

bool ValueReader::wanted(std::string_view what, std::string mend) const {
  return problem(wanted_but_got(what, value_), std::move(mend));
}

bool ValueReader::problem_at_key(std::size_t index, std::string message, std::string mend) const {
  problems_.add(weir::problem_at_key(value_, index, field_ + "." + value_.entries[index].key,
                                     std::move(message), std::move(mend)));
  return false;
}

bool ValueReader::is_scalar(std::string_view wanted_what, std::string mend) const {
  if (value_.unresolved) return false;
  return is(ConfigValue::Kind::scalar) || wanted(wanted_what, std::move(mend));
}

bool ValueReader::duration(Duration& into) const {
  constexpr std::string_view kWanted = "a duration";
  const std::string example = "for example 100ms, 5s, 2m or 1h";
  if (!is_scalar(kWanted, example)) return false;
  const auto duration = parse_duration(value_.text);
  if (!duration) {
    return wanted(kWanted,
                  is_number(value_.text) ? "with its unit, for example " + value_.text + "s" : example);
  }
  into = *duration;
  return true;
}

bool ValueReader::positive_duration(Duration& into) const {
  Duration duration{0};
  if (!this->duration(duration)) return false;
  if (duration == Duration::zero()) return wanted("a duration of more than nothing");
  into = duration;
  return true;
}

bool ValueReader::share(double& into) const {
  constexpr std::string_view kWanted = "a share from 0% to 100%";
  const std::string example = "for example 1% or 0.01";
  if (!is_scalar(kWanted, example)) return false;
  const auto share = parse_share(value_.text);
  if (!share) {
    const bool lacks_sign = parse_share(value_.text + "%").has_value();
    return wanted(kWanted, lacks_sign ? "with its sign: " + value_.text + "%" : example);
  }
  into = *share;
  return true;
}

bool ValueReader::rate(RateLimit& into) const {
  constexpr std::string_view kWanted = "a rate of records";
  const std::string example = "for example 100/s, 0.5/m or 1000/h";
  if (!is_scalar(kWanted, example)) return false;
  const auto rate = parse_rate(value_.text);
  if (!rate) return wanted(kWanted, example);
  into = *rate;
  return true;
}

bool ValueReader::text(std::string& into, std::string_view wanted_what) const {
  if (!is_scalar(wanted_what, {})) return false;
  into = value_.text;
  return true;
}

bool ValueReader::bounded_count(std::uint64_t& into, std::uint64_t least, std::uint64_t most) const {
  const std::string range =
      least == 0 ? "a count (0, 1, 2, ...)" : "a count of at least " + std::to_string(least);
  if (!is_scalar(range, {})) return false;
  std::uint64_t count = 0;
  const char* end = value_.text.data() + value_.text.size();
  const auto [stopped, error] = std::from_chars(value_.text.data(), end, count);
  const bool is_count = error == std::errc() && stopped == end;
  if (!is_count || count < least) return wanted(range);
  if (count > most) return wanted("a count of at most " + std::to_string(most));
  into = count;
  return true;
}

std::size_t ValueReader::named(const std::vector<std::string>& names) const {
  const std::string wanted_names = alternatives(names);
  if (!is_scalar(wanted_names, {})) return names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == value_.text) return i;
  }
  const std::string nearest = nearest_name(value_.text, names);
  wanted(wanted_names, nearest.empty() ? "" : "did you mean `" + nearest + "`?");
  return names.size();
}

}  // namespace weir
