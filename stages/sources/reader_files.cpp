#include "stages/sources/reader_files.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <utility>

#include "stages/formats/plain_text.hpp"
#include "stages/sources/path_pattern.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

/// How many files of a folder are looked at for one that was meant.
constexpr std::size_t kNeighboursMax = 1000;

// The file that was meant by a path that names none: "did you mean `flights.csv`?", or nothing.
std::string suggest_neighbour(const std::string& path) {
  const std::filesystem::path wanted(path);
  const std::filesystem::path folder = wanted.has_parent_path() ? wanted.parent_path() : ".";
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end;
       !error && entry != end && names.size() < kNeighboursMax; entry.increment(error))
    names.push_back(entry->path().filename().string());
  const std::string nearest = nearest_name(wanted.filename().string(), names);
  return nearest.empty() ? std::string() : "did you mean `" + nearest + "`?";
}

// What to do with a file that is no text as it is.
std::string mend_of(std::string_view format) {
  if (format.find("gzip") != std::string_view::npos)
    return "let its name end in `.gz`: then it is decompressed";
  if (format.find("zstd") != std::string_view::npos)
    return "let its name end in `.zst`: then it is decompressed";
  if (format.find("UTF-16") != std::string_view::npos)
    return "convert it first: `iconv -f UTF-16 -t UTF-8 OLD > NEW`";
  return "give the path of the text that is in it";
}

}  // namespace

ReaderFiles::ReaderFiles(const Options& options) : stage_(options.stage()), paths_(options.paths("path")) {}

bool ReaderFiles::open(bool sniffs, std::string_view terminal_mend, Problems& problems) {
  const std::size_t problems_before = problems.all().size();
  files_.clear();
  path_of_file_.clear();
  for (const ConfiguredPath& path : paths_) {
    add_files_of(path, problems);
    path_of_file_.resize(files_.size(), static_cast<std::size_t>(&path - paths_.data()));
  }
  for (std::size_t file = 0; file < files_.size(); ++file)
    open_file(file, sniffs, terminal_mend, problems);
  return !files_.empty() && problems.all().size() == problems_before;
}

void ReaderFiles::add_files_of(const ConfiguredPath& path, Problems& problems) {
  if (!is_pattern(path)) {
    files_.push_back({std::make_shared<const std::string>(path.path)});
    return;
  }
  const std::vector<std::string> found = files_that_fit(path);
  if (found.empty())
    report_at(path, "no file fits '" + path.path + "'", "", problems, ProblemKind::missing_input);
  if (found.size() > kInputFilesMax) {
    report_at(path,
              std::to_string(found.size()) + " files fit '" + path.path + "', more than " +
                  std::to_string(kInputFilesMax),
              "narrow the pattern", problems, ProblemKind::config);
    return;
  }
  for (const std::string& each : found)
    files_.push_back({std::make_shared<const std::string>(each)});
}

void ReaderFiles::open_file(std::size_t file, bool sniffs, std::string_view terminal_mend,
                            Problems& problems) {
  const std::string& path = *files_[file].path;
  try {
    auto input = std::make_shared<ByteInput>(path);
    if (sniffs && input->is_terminal())
      report(file, input->name() + " is a terminal, and columns cannot be sniffed from one",
             std::string(terminal_mend), problems, ProblemKind::config);
    if (!input->is_regular()) files_[file].stream = std::move(input);
  } catch (const IoError& error) {
    report(file, error.what(), error.errno_value() == ENOENT ? suggest_neighbour(path) : "", problems);
  }
}

bool ReaderFiles::has_stream() const noexcept {
  return std::any_of(files_.begin(), files_.end(),
                     [](const InputFile& file) { return file.stream != nullptr; });
}

std::string ReaderFiles::name(std::size_t file) const {
  return *files_[file].path == "-" ? "standard input" : "'" + *files_[file].path + "'";
}

std::optional<FileHead> ReaderFiles::head(std::size_t file, std::size_t bytes, Problems& problems) const {
  try {
    FileHead head = read_head(file, bytes);
    const std::string_view format = foreign_format(head.block.text());
    if (format.empty()) return head;
    report(file, name(file) + " is " + std::string(format) + ", not text in UTF-8", mend_of(format),
           problems);
  } catch (const RecordError& error) {
    report(file, error.what(), "", problems, ProblemKind::bad_input);
  } catch (const IoError& error) {
    report(file, error.what(), "", problems);
  }
  return std::nullopt;
}

FileHead ReaderFiles::read_head(std::size_t file, std::size_t bytes) const {
  const InputFile& each = files_[file];
  const auto input = each.stream ? each.stream : std::make_shared<ByteInput>(*each.path);
  FileHead head{TextBlock(bytes)};
  input->expect_unread(bytes);
  head.block.set_size(input->read_at(0, head.block.data(), bytes));
  input->unread(head.block.text());
  head.is_whole = head.block.size() < bytes;
  return head;
}

void ReaderFiles::report(std::size_t file, std::string message, std::string mend, Problems& problems,
                         ProblemKind kind) const {
  report_at(paths_[path_of_file_[file]], std::move(message), std::move(mend), problems, kind);
}

void ReaderFiles::report_at(const ConfiguredPath& path, std::string message, std::string mend,
                            Problems& problems, ProblemKind kind) const {
  problems.add(
      {path.where, stage_ + ".path", std::move(message), std::move(mend), path.written.size(), kind});
}

}  // namespace weir
