// Fan-out and fan-in: a picture whose rows are computed by all workers, and come together in order.
#include <complex>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "weir/flow.hpp"

namespace {

constexpr int kWidth = 64, kHeight = 24, kSteps = 200;

/// How many steps a point takes to leave the circle of radius 2, or kSteps.
int steps_of(std::complex<double> point) noexcept {
  std::complex<double> z;
  for (int step = 0; step < kSteps; ++step) {
    if (std::norm(z) > 4) return step;
    z = z * z + point;
  }
  return kSteps;
}

std::string row_of(int y) {
  static constexpr std::string_view kShades = " .:-=+*#";
  std::string row;
  for (int x = 0; x < kWidth; ++x) {
    const int steps = steps_of({-2.2 + 3.2 * x / kWidth, -1.2 + 2.4 * y / kHeight});
    row += steps == kSteps ? '@' : kShades[static_cast<std::size_t>(steps) % kShades.size()];
  }
  return row.substr(0, row.find_last_not_of(' ') + 1);
}

}  // namespace

int main() try {
  std::vector<int> rows(kHeight);
  std::iota(rows.begin(), rows.end(), 0);
  // A row is much work, so each travels alone: whichever worker is free computes the next.
  weir::Flow job = weir::from("rows", rows, {.chunk_items = 1}) | weir::map("compute", row_of) |
                   weir::to("picture", [](const std::string& row) { std::cout << row << '\n'; });
  job.run().throw_if_failed();
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
