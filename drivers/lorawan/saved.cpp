#include "drivers/lorawan/saved.h"

#include <algorithm>
#include <utility>

namespace afferent::drivers::lorawan {
namespace {

constexpr std::uint8_t kVersion = 1;

void put(core::Bytes& bytes, std::uint64_t number, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i, number >>= 8) bytes.push_back(static_cast<std::uint8_t>(number & 0xFF));
}

void put(core::Bytes& bytes, const std::string& text) {
  const std::size_t size = std::min<std::size_t>(text.size(), 255);
  bytes.push_back(static_cast<std::uint8_t>(size));
  bytes.insert(bytes.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
}

class Cutter {
 public:
  explicit Cutter(core::ByteView bytes) : bytes_(bytes) {}
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    const core::ByteView part = take(size);
    for (std::size_t i = part.size(); i > 0; --i) value = value << 8 | part[i - 1];
    return value;
  }
  std::string text() {
    const auto size = static_cast<std::size_t>(number(1));
    return std::string(core::as_text(take(size)));
  }
  bool ok() const { return ok_; }
  bool empty() const { return bytes_.empty(); }

 private:
  core::ByteView take(std::size_t size) {
    ok_ = ok_ && size <= bytes_.size();
    if (!ok_) return std::exchange(bytes_, {}).first(0);
    const core::ByteView part = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return part;
  }
  core::ByteView bytes_;
  bool ok_ = true;
};

}  // namespace

core::Bytes pack(const std::vector<Device>& devices) {
  core::Bytes bytes{kVersion};
  for (const Device& device : devices) {
    const FrameCounter::State& state = device.counter.state();
    if (!state.known && device.topic.application.empty()) continue;
    put(bytes, device.settings().dev_eui);
    put(bytes, state.known ? 1 : 0, 1);
    put(bytes, state.last, 4);
    put(bytes, state.seen, 8);
    put(bytes, state.dev_addr, 4);
    put(bytes, static_cast<std::uint64_t>(state.time_us), 8);
    put(bytes, device.topic.server == Server::ttn ? 1 : 0, 1);
    put(bytes, device.topic.application);
    put(bytes, device.topic.device);
  }
  return bytes;
}

core::Result<void> unpack(core::ByteView saved, const std::function<Device*(const std::string&)>& find) {
  if (saved.empty()) return {};
  Cutter cutter(saved);
  if (cutter.number(1) != kVersion)
    return core::Error(core::ErrorCode::bad_input, "saved frame counters are of another version");
  while (!cutter.empty()) {
    const std::string dev_eui = cutter.text();
    FrameCounter::State state;
    state.known = cutter.number(1) != 0;
    state.last = static_cast<std::uint32_t>(cutter.number(4));
    state.seen = cutter.number(8);
    state.dev_addr = static_cast<std::uint32_t>(cutter.number(4));
    state.time_us = static_cast<std::int64_t>(cutter.number(8));
    Topic topic;
    topic.server = cutter.number(1) != 0 ? Server::ttn : Server::chirpstack;
    topic.application = cutter.text();
    topic.device = cutter.text();
    if (!cutter.ok()) return core::Error(core::ErrorCode::bad_input, "saved frame counters end in the middle");
    Device* device = find(dev_eui);
    if (device == nullptr) continue;
    device->counter.restore(state);
    // What is configured counts before what was learned; it says neither which server that is nor the device's id
    // there.
    const std::string& configured = device->settings().application;
    if (configured.empty() || configured == topic.application) device->topic = std::move(topic);
  }
  return {};
}

}  // namespace afferent::drivers::lorawan
