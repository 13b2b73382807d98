#include "tools/simulator/truth_log.h"

#include <cerrno>
#include <cstring>

#include "agent/core/json.h"

namespace afferent::simulator {
namespace {

std::int64_t millis(core::Nanos boot) { return std::chrono::duration_cast<core::Millis>(boot).count(); }

template <class Value>
std::string value_line(core::Nanos boot, std::string_view device, std::string_view channel, const Value& value,
                       std::uint64_t answer) {
  core::JsonWriter json;
  json.begin_object().field("boot_ms", millis(boot)).field("device", device).field("channel", channel);
  return json.field("value", value).field("answer", answer).end_object().take();
}

}  // namespace

core::Result<std::unique_ptr<TruthLog>> TruthLog::open(const std::string& path) {
  if (path.empty()) return std::make_unique<TruthLog>([](std::string_view) { return true; });
  const std::shared_ptr<std::FILE> file(std::fopen(path.c_str(), "we"), [](std::FILE* f) {
    if (f != nullptr) std::fclose(f);
  });
  if (!file) return core::Error(core::ErrorCode::retry, path + ": " + std::strerror(errno));
  return std::make_unique<TruthLog>([file](std::string_view line) {
    const std::string text = std::string(line) + "\n";
    return std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() && std::fflush(file.get()) == 0;
  });
}

void TruthLog::served(core::Nanos boot, std::string_view device, const drivers::Truth& values) {
  ++answers_;
  for (const auto& [channel, number] : values.numbers) put(value_line(boot, device, channel, number, answers_));
  for (const auto& [channel, text] : values.texts) put(value_line(boot, device, channel, text, answers_));
}

void TruthLog::event(core::Nanos boot, const Event& event) {
  core::JsonWriter json;
  json.begin_object().field("boot_ms", millis(boot)).field("event", event.what).field("line", event.line);
  if (!event.device.empty()) json.field("device", event.device);
  if (!event.detail.empty()) json.field("detail", event.detail);
  put(json.end_object().take());
}

}  // namespace afferent::simulator
