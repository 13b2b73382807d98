#include "drivers/modbus/simulated.h"

#include <algorithm>

#include "drivers/modbus/decoder.h"
#include "drivers/modbus/encoder.h"
#include "drivers/modbus/frame.h"

namespace afferent::drivers::modbus {
namespace {

using core::Bytes;
using core::ByteView;

constexpr std::uint8_t kIllegalFunction = 1;
constexpr std::uint8_t kIllegalAddress = 2;
constexpr std::uint8_t kIllegalValue = 3;

// Takes the values that an answer carries; everything else a driver can say does not happen here.
class ServedSink final : public core::Sink {
 public:
  ServedSink(const Profile& profile, Truth& served) : profile_(profile), served_(served) {}

  void reading(core::DeviceRef /*device*/, core::Channel channel, core::Value value,
               std::optional<core::Micros> /*measured*/, core::Quality /*quality*/) override {
    const std::string& name = profile_.channels[core::index(channel)].name;
    if (value.kind() == core::Value::Kind::text) {
      served_.texts.insert_or_assign(name, std::string(value.as_text()));
    } else {
      served_.numbers.insert_or_assign(name, value.as_number());
    }
  }
  core::Channel declare(core::DeviceRef /*device*/, const core::ChannelSpec& /*channel*/) override { return {}; }
  void reject(ByteView /*bytes*/, std::string_view /*why*/) override {}
  void heard(std::string_view /*id*/, std::string_view /*what*/) override {}
  void send(core::Outgoing /*outgoing*/) override {}
  void wake_in(core::Millis /*delay*/) override {}
  void done(core::Result<void> /*result*/) override {}
  void reopen(std::string_view /*why*/) override {}

 private:
  const Profile& profile_;
  Truth& served_;
};

class SimulatedModbus final : public SimulatedDevice {
 public:
  explicit SimulatedModbus(Profile profile) : decoder_(std::move(profile)), encoder_(decoder_.profile()) {}

  Bytes answer(ByteView request, const Truth& now, Truth& served) override {
    const Profile& profile = decoder_.profile();
    std::size_t stale = 0;
    std::optional<Frame> frame = find_frame(profile.framing, request, stale);
    if (!frame) frame = whole_frame(profile.framing, request);
    if (!frame || frame->unit != profile.unit || (frame->function() & 0x80u) != 0) return {};
    const Bytes pdu = reply(frame->pdu, now, served);
    return wrap(profile.framing, frame->transaction, frame->unit, pdu);
  }

 private:
  static Bytes exception(std::uint8_t function, std::uint8_t code) {
    return {static_cast<std::uint8_t>(function | 0x80u), code};
  }

  Bytes reply(ByteView pdu, const Truth& now, Truth& served) {
    const std::uint8_t function = pdu[0];
    if (function < 1 || function > 4) return exception(function, kIllegalFunction);
    const std::optional<ReadRequest> read = as_read_request(pdu);
    if (!read) return exception(function, kIllegalValue);
    if (!has_all(*read)) return exception(function, kIllegalAddress);
    const Bytes data = encoder_.encode(function, read->start, read->count, now);
    learn_units(now);
    ServedSink sink(decoder_.profile(), served);
    decoder_.decode_range(function, read->start, read->count, data, sink);
    Bytes answer{function, static_cast<std::uint8_t>(data.size())};
    answer.insert(answer.end(), data.begin(), data.end());
    return answer;
  }

  // The units that the answer is in, also where their registers were not asked for.
  void learn_units(const Truth& now) {
    for (const CodeRegister& code : decoder_.profile().codes) {
      Truth ignored;
      ServedSink sink(decoder_.profile(), ignored);
      const unsigned width = registers_of(code.raw);
      decoder_.decode_range(code.function, code.address, width,
                            encoder_.encode(code.function, code.address, width, now), sink);
    }
  }

  bool has_all(const ReadRequest& read) const {
    const std::vector<Block>& blocks = decoder_.blocks();
    for (unsigned address = read.start; address < read.start + 0u + read.count; ++address) {
      const bool known = std::any_of(blocks.begin(), blocks.end(), [&](const Block& block) {
        return block.function == read.function && address >= block.start && address < block.start + 0u + block.count;
      });
      if (!known) return false;
    }
    return true;
  }

  Decoder decoder_;
  Encoder encoder_;
};

}  // namespace

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  core::Result<Profile> profile = make_profile(device);
  if (!profile) return std::move(profile).error();
  if (profile->unit == 0) return core::Error(core::ErrorCode::bad_config, "unit: missing");
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedModbus>(*std::move(profile)));
}

}  // namespace afferent::drivers::modbus
