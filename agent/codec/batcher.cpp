#include "agent/codec/batcher.h"

#include <algorithm>

#include "agent/codec/batch_writer.h"
#include "agent/codec/channel_numbers.h"
#include "agent/codec/column.h"
#include "agent/codec/decimal.h"
#include "agent/core/utf8.h"

namespace afferent::codec {
namespace {

constexpr std::size_t kFullBatch = 16'000;   // bytes, estimated
constexpr std::size_t kLongestText = 1024;   // of one reading; what is longer is cut
constexpr std::size_t kBytesPerReading = 4;  // a number that leaps about may take ten
constexpr std::size_t kBytesPerSeries = 4;
constexpr std::size_t kBytesPerGap = 3;
constexpr std::size_t kBytesPerPoll = 3;
constexpr std::size_t kBytesPerDevice = 24;
constexpr std::size_t kBytesPerMeasured = 8;
constexpr core::Micros kTogether = std::chrono::minutes(1);

std::uint32_t wire_quality(const core::Reading& reading) {
  if (reading.quality == core::Quality::good && reading.stale) return v1::QUALITY_STALE;
  return static_cast<std::uint32_t>(reading.quality);
}

// The source's own time says something that the poll's does not.
bool apart(const core::Reading& reading) {
  if (!reading.measured) return false;
  const core::Micros received = reading.received.utc;
  return *reading.measured < received - kTogether || *reading.measured > received + kTogether;
}

}  // namespace

Batcher::Batcher(std::string domain, std::vector<std::string> devices, core::Millis batch)
    : domain_(std::move(domain)), batch_(batch), writer_(std::make_unique<Writer>()), full_(kFullBatch) {
  devices_.resize(devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) devices_[i].id = std::move(devices[i]);
}

Batcher::~Batcher() = default;

void Batcher::series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel) {
  if (columns_.size() <= core::index(series)) columns_.resize(core::index(series) + 1);
  auto column = std::make_unique<Column>();
  column->name = channel.name;
  column->number = channel_number(channel.name, core::unit_of(channel.quantity));
  column->exponent = static_cast<std::int8_t>(std::clamp<int>(channel.exponent, kFinestExponent, -kFinestExponent));
  column->kind = core::kind_of(channel.quantity);
  columns_[core::index(series)] = std::move(column);
  devices_[core::index(device)].series.push_back(core::index(series));
}

Batcher::Column* Batcher::column_of(core::Series series) {
  return core::index(series) < columns_.size() ? columns_[core::index(series)].get() : nullptr;
}

void Batcher::limit(std::size_t bytes) { full_ = std::clamp<std::size_t>(bytes / 5 * 2, 1, kFullBatch); }

void Batcher::append(const core::Reading& reading, DeviceColumns& device) {
  Column* column = column_of(reading.series);
  if (column == nullptr) return;
  // A column holds one value a poll: a second one of the same channel gets a further poll of the same time.
  if (column->numbers.size() == device.polls.size()) {
    device.polls.push_back(device.polls.back());
    bytes_ += kBytesPerPoll;
  }
  const std::size_t poll_index = device.polls.size() - 1;
  if (column->numbers.empty()) bytes_ += kBytesPerSeries + (column->number == 0 ? column->name.size() : 0);
  bytes_ += kBytesPerReading + (poll_index - column->numbers.size()) * kBytesPerGap;
  column->pad(poll_index);
  const std::uint32_t quality = wire_quality(reading);
  if (apart(reading)) {
    const auto at = std::chrono::floor<core::Millis>(*reading.measured).count();
    column->measured.emplace_back(static_cast<std::uint32_t>(poll_index), at);
    bytes_ += kBytesPerMeasured;
  }
  if (quality != 0) column->exceptions.emplace_back(static_cast<std::uint32_t>(poll_index), quality);
  if (column->kind == core::Value::Kind::text) {
    column->numbers.push_back(static_cast<double>(column->texts.size()));
    column->texts.emplace_back(core::clipped_utf8(reading.value.as_text(), kLongestText));
    bytes_ += column->texts.back().size() + 2;
  } else {
    column->numbers.push_back(reading.value.as_number());
  }
  ++readings_;
}

void Batcher::open(std::size_t device, core::Nanos received) {
  if (open_devices_.empty()) {
    first_ = received;
    deadline_ = received + batch_;
  }
  last_ = received;
  if (devices_[device].polls.empty()) {
    open_devices_.push_back(device);
    bytes_ += kBytesPerDevice;
  }
  devices_[device].polls.push_back(received);
  bytes_ += kBytesPerPoll;
}

void Batcher::poll(const core::Poll& poll, std::vector<core::Envelope>& out) {
  DeviceColumns& device = devices_[core::index(poll.device)];
  open(core::index(poll.device), poll.received.boot);
  for (const core::Reading& reading : poll.readings) {
    if (bytes_ >= full_ && readings_ > 0) {  // the poll goes on in the next batch
      close(out);
      open(core::index(poll.device), poll.received.boot);
    }
    append(reading, device);
  }
  const bool first_of_device = !std::exchange(device.heard, true);
  if (first_of_device || batch_ == core::Millis::zero() || bytes_ >= full_) close(out);
}

void Batcher::tick(core::Nanos now, std::vector<core::Envelope>& out) {
  if (now >= deadline_) close(out);
}

void Batcher::close(std::vector<core::Envelope>& out) {
  if (open_devices_.empty()) return;
  writer_->begin(first_);
  for (const std::size_t number : open_devices_) {
    DeviceColumns& device = devices_[number];
    writer_->device(device.id, device.polls);
    for (const std::size_t series : device.series) {
      Column& column = *columns_[series];
      if (column.numbers.empty()) continue;  // silent in the whole batch
      column.pad(device.polls.size());
      writer_->series(column);
      column.clear();
    }
    device.polls.clear();
  }
  out.push_back({domain_, core::Kind::telemetry, writer_->finish(), readings_, first_, last_});
  open_devices_.clear();
  deadline_ = core::Nanos::max();
  bytes_ = 0;
  readings_ = 0;
}

}  // namespace afferent::codec
