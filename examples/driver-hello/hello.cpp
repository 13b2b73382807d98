// `hello`: a thermometer that answers "T?\n" with a line such as "T=21.5\n". The smallest driver that is complete: an
// option, a request, an answer in any chunking, bad lines.
#include <array>
#include <charconv>

#include "agent/plugin/plugin.h"

namespace {

namespace core = afferent::core;
using Kind = core::WireEvent::Kind;

constexpr std::size_t kLongestLine = 32;

constexpr std::array kOptions{
    core::ConfigField{.key = "scale", .standard = "C", .allowed = "C|F", .help = "What the thermometer shows."},
};

class Hello final : public core::Driver {
 public:
  explicit Hello(bool fahrenheit) : fahrenheit_(fahrenheit) {}

  std::span<const core::ChannelSpec> channels(core::DeviceRef /*device*/) const override { return channels_; }

  void on(const core::WireEvent& event, core::Sink& sink) override {
    if (event.kind == Kind::turn) {
      line_.clear();
      core::Outgoing request;
      request.bytes = {'T', '?', '\n'};
      sink.send(std::move(request));
    } else if (event.kind == Kind::received) {
      for (const char c : core::as_text(event.bytes)) take(c, sink);
    } else if (event.kind == Kind::timed_out) {
      sink.done(core::Error(core::ErrorCode::retry, "no answer"));
    }
  }

 private:
  void take(char c, core::Sink& sink) {
    if (c != '\n') {
      if (line_.size() < kLongestLine) line_ += c;
      return;
    }
    const std::string line = std::exchange(line_, {});
    double shown = 0;
    const char* const end = line.data() + line.size();
    if (!line.starts_with("T=") || std::from_chars(line.data() + 2, end, shown).ptr != end) {
      return sink.reject(core::as_bytes(line), "expected T= and a number");
    }
    const double celsius = fahrenheit_ ? (shown - 32) / 1.8 : shown;
    sink.reading(core::DeviceRef{0}, core::Channel{0}, core::Value::number(celsius));
    sink.done({});
  }

  const bool fahrenheit_;
  const std::vector<core::ChannelSpec> channels_{{"temperature", core::Quantity::temperature, -1, -60, 100}};
  std::string line_;
};

core::Result<std::unique_ptr<core::Driver>> create(const core::DriverConfig& config) {
  const core::ConfigNode& options = config.devices.front().options;
  return std::unique_ptr<core::Driver>(std::make_unique<Hello>(options["scale"].text() == "F"));
}

const core::DriverSpec& spec() {
  static const core::DriverSpec kSpec = [] {
    core::DriverSpec made;
    made.name = "hello";
    made.summary = "A thermometer that speaks lines of text";
    made.options = kOptions;
    made.create = create;
    return made;
  }();
  return kSpec;
}

}  // namespace

AFFERENT_PLUGIN(spec)
