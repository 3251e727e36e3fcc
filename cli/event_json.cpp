#include "cli/event_json.hpp"

#include <nlohmann/json.hpp>

namespace weir {
namespace {

using Json = nlohmann::ordered_json;

// What others wrote may hold bytes that are no UTF-8; they become replacement characters.
std::string on_one_line(const Json& json) {
  constexpr int kNoIndent = -1;
  return json.dump(kNoIndent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string event_json(const Event& event) {
  Json json = {{"event", to_string(event.kind)}, {"at_ns", event.at.count()}, {"pipeline", event.pipeline}};
  if (!event.stage.empty()) json["stage"] = event.stage;
  if (event.incarnation > 0) json["incarnation"] = event.incarnation;
  if (event.attempts > 0) json["attempts"] = event.attempts;
  if (!event.error.message.empty()) {
    json["error_class"] = to_string(event.error.error_class);
    json["message"] = event.error.message;
    json["type"] = event.error.type;
  }
  if (event.origin.input != nullptr) {
    json["file"] = *event.origin.input;
    json["line"] = event.origin.line;
    json["byte_offset"] = event.origin.byte_offset;
  }
  if (event.kind == EventKind::retried || event.kind == EventKind::restarting ||
      event.kind == EventKind::breaker_opened) {
    json["delay_ns"] = event.delay.count();
  }
  if (!event.group.empty()) json["group"] = event.group;
  if (!event.stages.empty()) json["stages"] = event.stages;
  if (!event.detail.empty()) json["detail"] = event.detail;
  if (event.left_out > 0) json["left_out"] = event.left_out;
  return on_one_line(json);
}

std::string note_json(const std::string& name, const std::string& text) {
  return on_one_line({{"event", name}, {"detail", text}});
}

}  // namespace weir
