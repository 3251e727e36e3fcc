#include "stages/sources/range_source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <utility>

#include "stages/formats/plain_text.hpp"
#include "stages/sources/text_range.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

// The sizes of all files together; 0 where one has none.
std::uint64_t size_of(const std::vector<InputFile>& files) {
  std::uint64_t total = 0;
  for (const InputFile& file : files) {
    std::error_code error;
    const std::uintmax_t size = file.stream ? 0 : std::filesystem::file_size(*file.path, error);
    if (file.stream || error) return 0;
    total += size;
  }
  return total;
}

// Reads numbers with one blank between them; nothing where `text` is anything else.
template <std::size_t kCount>
std::optional<std::array<std::uint64_t, kCount>> parse_numbers(std::string_view text) {
  std::array<std::uint64_t, kCount> numbers{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < kCount; ++i) {
    if (i > 0 && (at == end || *at++ != ' ')) return std::nullopt;
    const auto [stopped, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc()) return std::nullopt;
    at = stopped;
  }
  return at == end ? std::optional(numbers) : std::nullopt;
}

}  // namespace

// Text read from an input. What is not taken of it when this goes, whatever the reason, goes back to where it
// was read, so that a source stands where it stood.
class RangeSource::BorrowedText {
 public:
  BorrowedText(ByteInput& input, std::shared_ptr<TextBlock> block)
      : input_(input), block_(std::move(block)) {}
  ~BorrowedText() { input_.unread(text().substr(taken_)); }
  BorrowedText(const BorrowedText&) = delete;
  BorrowedText& operator=(const BorrowedText&) = delete;

  std::string_view text() const noexcept { return block_->text(); }
  const std::shared_ptr<TextBlock>& block() const noexcept { return block_; }
  bool is_full() const noexcept { return block_->size() == block_->capacity(); }
  /// Reads on until the block is full or the input ends. The text begins at `offset` of the input.
  void read_on(std::uint64_t offset) {
    input_.expect_unread(block_->capacity());
    const std::size_t had = block_->size();
    block_->set_size(had + input_.read_at(offset + had, block_->data() + had, block_->capacity() - had));
  }
  /// Goes on in a larger block with the same text.
  void move_to(std::shared_ptr<TextBlock> larger) noexcept { block_ = std::move(larger); }
  void take(std::size_t size) noexcept { taken_ = size; }

 private:
  ByteInput& input_;
  std::shared_ptr<TextBlock> block_;
  std::size_t taken_ = 0;
};

RangeSource::RangeSource(std::shared_ptr<const RangeReading> reading)
    : reading_(std::move(reading)), blocks_(reading_->block_bytes) {}

void RangeSource::open() {
  total_bytes_.store(size_of(reading_->files), std::memory_order_relaxed);
  open_file();
}

void RangeSource::open_file() {
  auto input = file().stream ? file().stream : std::make_shared<ByteInput>(*file().path);
  const std::lock_guard lock(input_mutex_);
  if (stopped_) input->stop();
  input_ = std::move(input);
}

std::optional<Work> RangeSource::next() {
  while (!stopped_) {
    if (input_ == nullptr) open_file();
    if (auto work = next_of_file()) return work;
    if (stopped_ || file_ + 1 == reading_->files.size()) break;
    begin_next_file();
  }
  return std::nullopt;
}

// Opening it is left to `open_file`, which may throw and is then called again.
void RangeSource::begin_next_file() {
  finished_bytes_ += input_->size();
  const std::lock_guard lock(input_mutex_);
  input_ = nullptr;
  ++file_;
  offset_ = 0;
  line_ = 1;
}

std::optional<Work> RangeSource::next_of_file() {
  BorrowedText borrowed(*input_, blocks_.take());
  const auto records = read_records(borrowed);
  if (!records) return std::nullopt;
  const std::string_view text = borrowed.text();
  const std::uint64_t line = line_ + count_newlines(text.substr(0, records->begin));
  const Origin origin{file().path, offset_ + records->begin, line};
  Work work{std::make_shared<TextRange>(borrowed.block(), records->begin, records->end, origin, file_),
            origin};

  borrowed.take(records->end);
  line_ = line + count_newlines(text.substr(records->begin, records->end - records->begin));
  offset_ += records->end;
  done_bytes_.store(finished_bytes_ + input_->bytes_read(offset_), std::memory_order_relaxed);
  return work;
}

// Reads from offset_ on until a record ends in what was read. Nothing when there are no more records.
std::optional<RangeSource::Extent> RangeSource::read_records(BorrowedText& borrowed) const {
  for (;;) {
    borrowed.read_on(offset_);
    if (input_->stopped()) return std::nullopt;
    const bool at_end = !borrowed.is_full();
    const std::string_view text = borrowed.text();
    const std::size_t begin = offset_ == 0 ? data_begin(text) : 0;
    if (at_end && begin >= text.size()) return std::nullopt;
    if (begin < text.size()) {
      const std::size_t end = at_end ? text.size() : begin + end_of_last_record(text.substr(begin));
      if (end > begin) return Extent{begin, end};
    }
    borrowed.move_to(grown(*borrowed.block()));
  }
}

std::size_t RangeSource::data_begin(std::string_view text) const {
  if (const std::string_view format = foreign_format(text); !format.empty())
    throw IoError("'" + *file().path + "' is " + std::string(format) + ", not text in UTF-8");
  const std::size_t mark = byte_order_mark_length(text);
  return mark + records_begin(text.substr(mark));
}

std::shared_ptr<TextBlock> RangeSource::grown(const TextBlock& block) const {
  if (block.capacity() >= reading_->record_bytes_max) {
    const std::string why(why_endless());
    throw RecordError("the record at line " + std::to_string(line_) + " of '" + *file().path +
                      "' does not end within " + std::to_string(block.capacity()) + " bytes" +
                      (why.empty() ? "" : "; " + why));
  }
  auto larger = std::make_shared<TextBlock>(std::min(2 * block.capacity(), reading_->record_bytes_max));
  std::memcpy(larger->data(), block.data(), block.size());
  larger->set_size(block.size());
  return larger;
}

std::string RangeSource::position() const {
  return std::to_string(file_) + ' ' + std::to_string(offset_) + ' ' + std::to_string(line_);
}

void RangeSource::seek(const std::string& position) {
  const auto numbers = parse_numbers<3>(position);
  if (!numbers || (*numbers)[0] >= reading_->files.size() || (*numbers)[2] == 0)
    throw UsageError("not a position of a reader of " + std::to_string(reading_->files.size()) + " files: '" +
                     position + "'");
  const auto [file, offset, line] = *numbers;
  if (file != file_ || input_ == nullptr) {
    file_ = static_cast<std::size_t>(file);
    open_file();
  }
  if (input_->has_plain_size() && offset > input_->size())
    throw IoError("'" + *this->file().path + "' is shorter than what was read of it: it has " +
                  std::to_string(input_->size()) + " bytes, not " + std::to_string(offset));
  finished_bytes_ =
      size_of({reading_->files.begin(), reading_->files.begin() + static_cast<std::ptrdiff_t>(file)});
  offset_ = offset;
  line_ = line;
}

void RangeSource::stop() noexcept {
  const std::lock_guard lock(input_mutex_);
  stopped_ = true;
  if (input_ != nullptr) input_->stop();
}

SourceProgress RangeSource::progress() const noexcept {
  return {done_bytes_.load(std::memory_order_relaxed), total_bytes_.load(std::memory_order_relaxed)};
}

}  // namespace weir
