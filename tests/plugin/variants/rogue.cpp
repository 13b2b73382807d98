// A driver that does wrong what its option says.
#include <chrono>
#include <stdexcept>
#include <thread>

#include "agent/plugin/plugin.h"

namespace {

namespace core = afferent::core;

constexpr std::array kOptions{
    core::ConfigField{.key = "act", .standard = "throw", .allowed = "throw|throw_int|slow|create|nothing"},
};

class Rogue final : public core::Driver {
 public:
  explicit Rogue(std::string act) : act_(std::move(act)) {}
  std::span<const core::ChannelSpec> channels(core::DeviceRef /*device*/) const override { return {}; }
  void on(const core::WireEvent& /*event*/, core::Sink& /*sink*/) override {
    if (act_ == "throw_int") throw 5;
    if (act_ == "throw") throw std::runtime_error("rogue was called");
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
  }

 private:
  const std::string act_;
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  const std::string act(config.devices.front().options["act"].text());
  if (act == "create") throw std::runtime_error("rogue was created");
  if (act == "nothing") return std::unique_ptr<core::Driver>();
  return std::unique_ptr<core::Driver>(std::make_unique<Rogue>(act));
}

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec = [] {
    core::DriverSpec made;
    made.name = ROGUE_NAME;
    made.options = kOptions;
    made.create = create;
    return made;
  }();
  return kSpec;
}

}  // namespace

AFFERENT_PLUGIN(spec)
