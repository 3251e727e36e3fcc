// Producers and consumers: three servers write lines of their access logs, two threads summarise them, and
// neither side runs away from the other.
#include <array>
#include <cstddef>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "weir/channel.hpp"

namespace {

/// What was served, of one path.
struct Traffic {
  std::size_t requests = 0;
  std::size_t errors = 0;
  std::size_t bytes = 0;
};
using Summary = std::map<std::string, Traffic>;

/// The access log of one server, line by line: "PATH STATUS BYTES".
std::string log_line(std::size_t server, std::size_t request) {
  static const std::array<std::string, 3> paths{"/", "/cart", "/search"};
  const std::string& path = paths[(server + request) % paths.size()];
  const bool failed = path == "/search" && request % 50 == 0;
  return path + (failed ? " 503 " : " 200 ") + std::to_string(failed ? 0 : 100 + request % 7);
}

void add(const std::string& line, Summary& summary) {
  std::istringstream fields(line);
  std::string path;
  int status = 0;
  std::size_t bytes = 0;
  fields >> path >> status >> bytes;
  Traffic& traffic = summary[path];
  ++traffic.requests;
  traffic.errors += status >= 500 ? 1 : 0;
  traffic.bytes += bytes;
}

void add(const Summary& part, Summary& whole) {
  for (const auto& [path, traffic] : part) {
    whole[path].requests += traffic.requests;
    whole[path].errors += traffic.errors;
    whole[path].bytes += traffic.bytes;
  }
}

constexpr std::size_t kServers = 3;
constexpr std::size_t kRequestsPerServer = 10'000;
constexpr std::size_t kConsumers = 2;

// [summarise] start
Summary summarise_logs() {
  weir::Channel<std::string> lines({.capacity = 1000});
  std::vector<Summary> parts(kConsumers);
  {
    std::vector<std::jthread> threads;
    for (Summary& part : parts) {
      threads.emplace_back([&lines, &part] {
        for (const std::string& line : lines)
          add(line, part);
      });
    }
    // The channel is closed when the last producer has gone, and then the consumers come to their end.
    const auto producer = lines.producer();
    for (std::size_t server = 0; server < kServers; ++server) {
      threads.emplace_back([server, producer] {
        for (std::size_t request = 0; request < kRequestsPerServer; ++request) {
          if (!producer->send(log_line(server, request))) return;
        }
      });
    }
  }
  Summary whole;
  for (const Summary& part : parts)
    add(part, whole);
  return whole;
}
// [summarise] end

}  // namespace

int main() {
  for (const auto& [path, traffic] : summarise_logs())
    std::cout << path << ": " << traffic.requests << " requests, " << traffic.errors << " errors, "
              << traffic.bytes << " bytes\n";
  return 0;
}
