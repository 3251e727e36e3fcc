// A crawler: four workers follow links from page to page, each with a session of its own. Fetches that fail
// cost the session, which is begun anew, and are tried again, so often and no more.
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "weir/worker_pool.hpp"

namespace {

struct Page {
  std::vector<std::string> links;
  int fails = 0;  ///< so many fetches
};

/// A small web. Some of its pages answer only after a while, one never does, and one link leads nowhere.
const std::map<std::string, Page> kWeb = {
    {"/", {{"/rivers", "/dams", "/about"}}},
    {"/rivers", {{"/rivers/elbe", "/rivers/oder", "/"}}},
    {"/rivers/elbe", {{"/dams/geesthacht"}, 1}},
    {"/rivers/oder", {{"/rivers", "/dams"}, 2}},
    {"/dams", {{"/dams/geesthacht", "/dams/lost", "/dams/flooded"}}},
    {"/dams/geesthacht", {{"/rivers/elbe"}, 1}},
    {"/dams/flooded", {{}, 1000}},
    {"/about", {{"/"}}},
};

/// What a worker keeps from page to page, such as a connection. Good for nothing once a fetch has failed.
class Session {
 public:
  const Page& fetch(const std::string& path, int attempt) {
    const auto page = kWeb.find(path);
    if (page == kWeb.end()) throw weir::IoError("there is no " + path);
    if (attempt <= page->second.fails) throw weir::IoError(path + " does not answer");
    return page->second;
  }
};

class Crawler {
 public:
  static constexpr int kAttemptsMax = 3;

  weir::WorkerPoolReport crawl(const std::string& from) {
    follow(from);
    return pool_.drain();  // finishes what jobs post as well
  }
  const std::set<std::string>& fetched() const { return fetched_; }
  const std::set<std::string>& given_up() const { return given_up_; }

 private:
  void follow(const std::string& path) {
    {
      const std::lock_guard lock(mutex_);
      if (!seen_.insert(path).second) return;
    }
    post_visit(path, 1);
  }

  void post_visit(const std::string& path, int attempt) {
    pool_.post([this, path, attempt](Session& session) { visit(session, path, attempt); });
  }

  void visit(Session& session, const std::string& path, int attempt) {
    try {
      for (const std::string& link : session.fetch(path, attempt).links)
        follow(link);
      note(fetched_, path);
    } catch (const weir::IoError&) {
      if (attempt < kAttemptsMax) {
        post_visit(path, attempt + 1);
      } else {
        note(given_up_, path);
      }
      throw;  // the pool begins this worker's session anew
    }
  }

  void note(std::set<std::string>& pages, const std::string& path) {
    const std::lock_guard lock(mutex_);
    pages.insert(path);
  }

  std::mutex mutex_;
  std::set<std::string> seen_;  ///< guarded by mutex_ while the pool works, as are those below
  std::set<std::string> fetched_;
  std::set<std::string> given_up_;
  weir::WorkerPoolWith<Session> pool_{
      [] { return Session(); },
      {.workers = 4, .name = "crawler", .policy = {.max_restarts = 100, .backoff = {}}}};
};

}  // namespace

int main() {
  Crawler crawler;
  const weir::WorkerPoolReport report = crawler.crawl("/");
  for (const std::string& path : crawler.fetched())
    std::cout << "fetched " << path << '\n';
  for (const std::string& path : crawler.given_up())
    std::cout << "gave up " << path << '\n';
  std::cout << report.posted << " jobs: " << report.done << " done, " << report.failed << " failed; "
            << report.restarts << " sessions begun anew\n";
  return report.status == weir::WorkerPoolStatus::drained ? 0 : 1;
}
