#include "drivers/mbus/simulated.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/common/mbus_status.h"
#include "drivers/mbus/link.h"
#include "drivers/mbus/options.h"
#include "drivers/mbus/record_writer.h"

namespace afferent::drivers::mbus {
namespace {

using core::Bytes;
using core::ByteView;

constexpr std::uint8_t kRespond = 0x08;
constexpr std::uint8_t kMoreFollows = 0x1F;
constexpr std::size_t kRecordsInTelegram = 6;

// Real meters have answered a different number of times. Were they equal but for their identification, the bits of two
// answers at once could make up a valid third one.
std::uint8_t first_access(const Identity& identity) {
  const std::uint32_t mixed = identity.id * 2654435761U ^ identity.version * 40503U ^ identity.medium * 97U;
  return static_cast<std::uint8_t>(mixed >> 16 ^ mixed >> 24);
}

class SimulatedSlave final : public SimulatedDevice {
 public:
  SimulatedSlave(std::optional<std::uint8_t> address, Identity identity)
      : address_(address), identity_(identity), access_(first_access(identity)) {}

  Bytes answer(ByteView request, const Truth& now, Truth& served) override {
    Receiver receiver;
    receiver.feed(request);
    Bytes answer;
    while (const auto found = receiver.next()) {
      if (!found->frame || !found->frame->from_master()) continue;
      answer = serve(*found->frame, now, served);
      if (!answer.empty()) break;
    }
    return answer;
  }

  std::span<const core::ChannelSpec> channels() const override { return written_channels(); }

 private:
  // FCB, FCV and the 4 bits of the function: SND_NKE 0, SND_UD 3, REQ_UD1 A, REQ_UD2 B.
  Bytes serve(const Frame& frame, const Truth& now, Truth& served) {
    const bool select = frame.kind == Frame::Kind::variable && frame.address == kSelected && is_select(frame);
    if (select) return selected(frame);
    if (!for_me(frame.address)) return {};
    switch (frame.control & 0x0FU) {
      case 0x0: return reset(frame.address);
      case 0x3: return written(frame);
      case 0xA: return alarm(now);
      case 0xB: return data(frame, now, served);
      default: return {};
    }
  }

  bool for_me(std::uint8_t address) const {
    if (address == kSelected) return selected_;
    return address == kAnyone || address_ == address;
  }

  static bool is_select(const Frame& frame) {
    return (frame.control & 0x0FU) == 0x3 && !frame.data.empty() && frame.data[0] == 0x52;
  }

  Bytes selected(const Frame& frame) {
    const auto wanted = read_identity(ByteView(frame.data).subspan(1));
    selected_ = wanted && Pattern{*wanted}.matches(identity_);
    if (!selected_) return {};
    restart();
    return encode(Frame{});
  }

  Bytes reset(std::uint8_t address) {
    if (address == kSelected) selected_ = false;
    restart();
    return encode(Frame{});
  }

  void restart() {
    next_ = 0;
    last_count_.reset();
    last_write_.reset();
  }

  // A command with the same FCB as the last is a repetition: acknowledged, not done again.
  Bytes written(const Frame& frame) {
    const bool repeated = last_write_ == frame.control;
    last_write_ = frame.control;
    if (frame.data.empty()) return {};
    if (!repeated && frame.data[0] == 0x50) next_ = 0;
    const bool renames =
        frame.data.size() == 4 && frame.data[0] == 0x51 && frame.data[1] == 0x01 && frame.data[2] == 0x7A;
    if (!repeated && renames && frame.data[3] <= kLastPrimary) address_ = frame.data[3];
    return encode(Frame{});
  }

  // The same FCB again: the last telegram once more. A new one: the telegram after it, behind the last the first.
  Bytes data(const Frame& frame, const Truth& now, Truth& served) {
    const bool count = (frame.control & kFrameCount) != 0;
    if (last_count_ == count && !last_answer_.empty()) {
      served = last_served_;
      return last_answer_;
    }
    last_count_ = count;
    last_served_ = {};
    last_answer_ = encode_variable(kRespond, address_.value_or(0), telegram(now));
    served = last_served_;
    return last_answer_;
  }

  Bytes alarm(const Truth& now) const {
    const auto set = now.numbers.find("flag_alarm");
    if (set == now.numbers.end() || set->second == 0.0) return encode(Frame{});
    return encode_variable(kRespond, address_.value_or(0), Bytes{0x71, 0x01});
  }

  Bytes telegram(const Truth& now) {
    const std::vector<WrittenRecord> records = write_records(now);
    if (next_ >= records.size()) next_ = 0;
    Bytes data{0x72};
    append_identity(data, identity_);
    data.push_back(access_++);
    data.push_back(status(now, next_ == 0));
    data.insert(data.end(), {0, 0});
    const std::size_t end = std::min(next_ + kRecordsInTelegram, records.size());
    for (; next_ < end; ++next_) {
      const WrittenRecord& record = records[next_];
      data.insert(data.end(), record.bytes.begin(), record.bytes.end());
      last_served_.numbers[record.channel] = record.value;
      if (record.channel == "error_flags") last_served_.numbers["flag_error"] = record.value != 0.0 ? 1.0 : 0.0;
    }
    if (next_ < records.size()) {
      data.push_back(kMoreFollows);
    } else {
      next_ = 0;
    }
    return data;
  }

  // `told`: the driver reads the flags of the first telegram.
  std::uint8_t status(const Truth& now, bool told) {
    std::uint8_t status = 0;
    for (const StatusFlag& flag : status_flags()) {
      const auto truth = now.numbers.find(flag.channel);
      const bool set = truth != now.numbers.end() && truth->second != 0.0 && (status & flag.mask) == 0;
      if (set) status |= flag.value;
      if (told) last_served_.numbers[std::string(flag.channel)] = set ? 1.0 : 0.0;
    }
    return status;
  }

  std::optional<std::uint8_t> address_;
  const Identity identity_;
  bool selected_ = false;
  std::size_t next_ = 0;            // record with which the next telegram begins
  std::optional<bool> last_count_;  // FCB of the last REQ_UD2
  std::optional<std::uint8_t> last_write_;
  Bytes last_answer_;
  Truth last_served_;
  std::uint8_t access_;
};

core::Error mistake(const core::DriverDevice& device, std::string_view right) {
  return {core::ErrorCode::bad_config, device.id + ": a simulated slave needs " + std::string(right)};
}

}  // namespace

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  const auto settings = settings_from(device);
  if (!settings) return settings.error();
  std::optional<std::uint8_t> address;
  const std::int64_t primary = device.options["address"].integer(kAnyone);
  if (primary <= kLastPrimary) address = static_cast<std::uint8_t>(primary);
  Identity identity{address.value_or(0), *maker_from("AFR"), 0x01, 0x07};
  if (settings->secondary) {
    const Identity& wanted = settings->secondary->identity;
    if (id_text(wanted.id).find('F') != std::string::npos)
      return mistake(device, "an identification number without wildcards");
    identity.id = wanted.id;
    if (wanted.maker != 0xFFFF) identity.maker = wanted.maker;
    if (wanted.version != 0xFF) identity.version = wanted.version;
    if (wanted.medium != 0xFF) identity.medium = wanted.medium;
  } else if (!address) {
    return mistake(device, "`address` from 0 to 250 or `secondary`");
  }
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedSlave>(address, identity));
}

}  // namespace afferent::drivers::mbus
