// How fast can two threads write the late flights of flights.csv, their columns in another order?
//
// Texts are copied as they stand. A chunk's lines are written at once, where those of the chunk before it
// end, so that they come in the order of the input.

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/ceilings/chunked_file.hpp"
#include "benchmarks/ceilings/flight_lines.hpp"

namespace weir::ceilings {
namespace {

constexpr std::int64_t kLate = 15;
constexpr std::size_t kAirportsBytes = 2 * kAirportBytes + 1;

// Where each chunk's lines are written, which the chunk before it knows.
class Places {
 public:
  std::uint64_t take(std::size_t chunk, std::uint64_t bytes) {
    for (std::size_t now = chunk_.load(std::memory_order_acquire); now != chunk;
         now = chunk_.load(std::memory_order_acquire))
      chunk_.wait(now, std::memory_order_acquire);
    const std::uint64_t place = next_;
    next_ += bytes;
    chunk_.store(chunk + 1, std::memory_order_release);
    chunk_.notify_all();
    return place;
  }

 private:
  std::atomic<std::size_t> chunk_{0};  ///< whose turn it is
  std::uint64_t next_ = 0;             ///< of the thread whose turn it is
};

// Writes the late ones to `to`, which has room for all; answers where they end.
char* copy_late(const Lines& flights, char* to) noexcept {
  for (const char* at = flights.begin; at < flights.end;) {
    const Flight flight = take_flight(at);
    if (flight.delay <= kLate) continue;
    std::memcpy(to, flight.origin, kAirportsBytes);
    to[kAirportsBytes] = ',';
    to += kAirportsBytes + 1;
    std::memcpy(to, flight.delay_text, 16);  // delay and distance are shorter
    to += flight.origin - flight.delay_text;
    to[-1] = '\n';
  }
  return to;
}

void write_all(int descriptor, const char* text, std::size_t size, std::uint64_t place) {
  while (size > 0) {
    const ssize_t written = ::pwrite(descriptor, text, size, static_cast<off_t>(place));
    if (written < 0) fail("pwrite");
    text += written;
    size -= static_cast<std::size_t>(written);
    place += static_cast<std::uint64_t>(written);
  }
}

void answer(const std::string& data, const std::string& out) {
  const std::string header = "origin,destination,delay,distance\n";
  const int descriptor = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) fail(out.c_str());
  write_all(descriptor, header.data(), header.size(), 0);
  std::vector<std::unique_ptr<char[]>> buffers;
  for (std::size_t thread = 0; thread < kThreads; ++thread)
    buffers.push_back(std::make_unique<char[]>(kChunkBytes + 2 * kLineBytesMax));
  Places places;
  ChunkedFile(data + "/flights.csv")
      .for_each_chunk([&](std::size_t thread, std::size_t chunk, const Lines& lines) {
        char* const buffer = buffers[thread].get();
        const auto size = static_cast<std::size_t>(copy_late(flights_of(lines, chunk), buffer) - buffer);
        write_all(descriptor, buffer, size, header.size() + places.take(chunk, size));
      });
  ::close(descriptor);
}

}  // namespace
}  // namespace weir::ceilings

int main(int count, char** arguments) {
  if (count != 3) return 64;
  weir::ceilings::answer(arguments[1], arguments[2]);
}
