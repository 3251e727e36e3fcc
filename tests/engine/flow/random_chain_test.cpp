// Random chains of item stages with random faults under random policies, against a model that takes one item
// after another. Each seed makes the same chain and faults again; the scheduling differs.
//
// WEIR_SEEDS="FIRST COUNT" tries others than the usual ones.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;
using namespace std::chrono_literals;
using ::testing::IsEmpty;

using Letters = std::vector<DeadLetter<int>>;

/// What a stage does to numbers, and how often it throws for some of them first. All chains have the same
/// kinds of stage, so that few have to be compiled; what each does is chosen when the test runs.
struct Script {
  int add = 0;               ///< map
  int drops = 0, below = 1;  ///< filter: those whose remainder by `below` it is
  int throws_for = 0, by = 1'000'000;
  int times = 0;  ///< that it throws for such a number; more than `retries` + `restarts`: for good
  std::uint32_t retries = 0, restarts = 0;
  Duration backoff{0};
  bool under_chaos = false;  ///< some attempts never come to the stage

  std::shared_ptr<std::mutex> mutex = std::make_shared<std::mutex>();
  std::shared_ptr<std::map<int, int>> thrown = std::make_shared<std::map<int, int>>();

  bool is_for_good(int n) const {
    return n % by == throws_for && times > static_cast<int>(retries + restarts);
  }
  void strike(int n, const Context& context) const {
    if (n % by != throws_for) return;
    const std::lock_guard lock(*mutex);
    int& so_far = (*thrown)[n];
    const auto attempt = static_cast<std::uint32_t>(so_far + 1);
    if (under_chaos ? context.attempt() < attempt : context.attempt() != attempt)
      ADD_FAILURE() << n << " is told of attempt " << context.attempt() << " after " << so_far;
    if (++so_far <= times) throw std::runtime_error("not " + std::to_string(n));
  }
  RetryStep retry_step() const { return retry(retries, {.initial = backoff, .max = backoff}); }
};

/// A chain of four stages, what is done about errors ending differently at each.
class RandomChain {
 public:
  explicit RandomChain(std::uint64_t seed) : random_(seed) {
    items_ = below(120);
    chunk_ = one_in(3) ? 1 + below(4) : 1 + below(64);
    options_.fuse = !one_in(3);
    options_.credit_tokens = 1 + below(8);
    if (one_in(3)) {
      options_.chaos = {
          .seed = seed, .throw_share = 0.2, .throws_per_record = static_cast<std::uint32_t>(1 + below(3))};
    }
    for (Script& script : scripts_)
      choose(script);
  }

  Flow flow(std::vector<int>& out, Letters& letters) const {
    const auto& [one, two, three, four] = scripts_;
    auto numbers = from("numbers", up_to(static_cast<int>(items_)), chunks_of(chunk_));
    auto map_one = map("one", [s = one](int n, Context& context) {
                     s.strike(n, context);
                     return n + s.add;
                   }).on_error(one.retry_step().then(skip()));
    auto filter_two = filter("two", per_worker([s = two] {
                               return [s](int n, Context& context) {
                                 s.strike(n, context);
                                 return n % s.below != s.drops;
                               };
                             }))
                          .on_error(two.retry_step().then(restart(two.restarts)).then(dead_letter(letters)));
    auto inspect_three = inspect("three", per_worker([s = three] {
                                   return [s](const int& n, Context& context) { s.strike(n, context); };
                                 }))
                             .on_error(restart(three.restarts).then(three.retry_step()).then(skip()));
    auto flat_map_four = flat_map("four", [s = four](int n, Context& context) {
                           s.strike(n, context);
                           return std::vector<int>(static_cast<std::size_t>(n % 3), n);
                         }).on_error(four.retry_step().then(skip()));
    Flow flow = [&] {
      if (order_ == 0)
        return std::move(numbers) | std::move(map_one) | std::move(filter_two) | std::move(inspect_three) |
               std::move(flat_map_four) | to("out", out);
      if (order_ == 1)
        return std::move(numbers) | std::move(inspect_three) | std::move(filter_two).workers(1) |
               std::move(map_one) | std::move(flat_map_four) | to("out", out);
      return std::move(numbers) | std::move(filter_two) | std::move(map_one).io(2) |
             std::move(inspect_three) | std::move(flat_map_four) | to("out", out);
    }();
    flow.supervisor(rebuilding());
    return flow;
  }

  std::pair<std::vector<int>, std::vector<int>> expected() const {
    const auto& [one, two, three, four] = scripts_;
    std::vector<int> now = up_to(static_cast<int>(items_)), dead;
    const auto run_one = [&] {
      std::erase_if(now, [&](int n) { return one.is_for_good(n); });
      std::ranges::for_each(now, [&](int& n) { n += one.add; });
    };
    const auto run_two = [&] {
      std::ranges::copy_if(now, std::back_inserter(dead), [&](int n) { return two.is_for_good(n); });
      std::erase_if(now, [&](int n) { return two.is_for_good(n) || n % two.below == two.drops; });
    };
    const auto run_three = [&] { std::erase_if(now, [&](int n) { return three.is_for_good(n); }); };
    const auto run_four = [&] {
      std::vector<int> more;
      for (const int n : now) {
        if (!four.is_for_good(n)) more.insert(more.end(), static_cast<std::size_t>(n % 3), n);
      }
      now = more;
    };
    if (order_ == 0) run_one(), run_two(), run_three(), run_four();
    if (order_ == 1) run_three(), run_two(), run_one(), run_four();
    if (order_ == 2) run_two(), run_one(), run_three(), run_four();
    return {now, dead};
  }

  const RunOptions& options() const { return options_; }
  std::string to_text() const {
    std::ostringstream text;
    text << items_ << " items, " << chunk_ << " a chunk, order " << order_ << ", credits "
         << options_.credit_tokens << (options_.fuse ? "" : ", not fused")
         << (options_.chaos ? ", chaos" : "");
    for (const Script& s : scripts_)
      text << "\n  +" << s.add << ", drops " << s.drops << " of " << s.below << ", throws for "
           << s.throws_for << " of " << s.by << " " << s.times << " times, retries " << s.retries
           << ", restarts " << s.restarts << ", after " << s.backoff.count() << " ns";
    return text.str();
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  bool one_in(std::size_t chances) { return below(chances) == 0; }
  int number_below(int limit) { return static_cast<int>(below(static_cast<std::size_t>(limit))); }

  void choose(Script& script) {
    script.under_chaos = options_.chaos.has_value();
    script.add = number_below(5);
    script.below = 2 + number_below(5);
    script.drops = number_below(script.below + 1);
    const bool last_or_first = &script == &scripts_.front() || &script == &scripts_.back();
    script.retries = static_cast<std::uint32_t>(below(4));
    script.restarts = last_or_first ? 0 : static_cast<std::uint32_t>(below(3));
    if (one_in(2)) script.backoff = 5us;
    if (one_in(3)) return;  // a stage at peace
    script.by = 1 + number_below(12);
    script.throws_for = number_below(script.by);
    script.times = number_below(5);
  }

  std::mt19937_64 random_;
  std::size_t items_ = 0, chunk_ = 1;
  std::array<Script, 4> scripts_;
  std::size_t order_ = below(3);
  RunOptions options_;
};

class RandomChains : public FlowFixture {};
WEIR_RUN_WITH_THREADS(RandomChains);

TEST_P(RandomChains, GiveWhatTheModelGives) {
  std::uint64_t first = 1, count = 200;
  if (const char* asked = std::getenv("WEIR_SEEDS")) std::istringstream(asked) >> first >> count;
  std::uint64_t restarts = 0, dead = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const RandomChain chain(seed);
    SCOPED_TRACE(::testing::Message() << "seed " << seed << ": " << chain.to_text());
    std::vector<int> out, dead_numbers;
    Letters letters;
    auto flow = chain.flow(out, letters);
    const RunReport& report = run_well(flow, chain.options());
    for (const auto& letter : letters)
      dead_numbers.push_back(letter.record);
    const auto [expected_out, expected_dead] = chain.expected();
    ASSERT_EQ(out, expected_out);
    ASSERT_EQ(dead_numbers, expected_dead);
    ASSERT_FALSE(HasFailure());
    restarts += report.restarts;
    dead += letters.size();
  }
  EXPECT_GT(restarts, count / 2) << "the faults must be worth it";
  EXPECT_GT(dead, count / 2);
}

}  // namespace
}  // namespace weir
