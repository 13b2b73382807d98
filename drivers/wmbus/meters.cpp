#include "drivers/wmbus/meters.h"

namespace afferent::drivers::wmbus {

bool Recent::seen(std::uint64_t content, core::Nanos now, core::Nanos within) {
  for (const Entry& entry : entries_) {
    if (entry.at != core::Nanos::min() && entry.content == content && now - entry.at < within) return true;
  }
  entries_[next_] = {content, now};
  next_ = (next_ + 1) % entries_.size();
  return false;
}

void Recent::forget_last() { entries_[(next_ + entries_.size() - 1) % entries_.size()].at = core::Nanos::min(); }

Meters::Meters(const std::vector<MeterSettings>& settings) {
  by_id_.reserve(settings.size());
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto ref = static_cast<core::DeviceRef>(i);
    if (!settings[i].address) {
      any_ = &settings[i];
      any_ref_ = ref;
      continue;
    }
    meters_.emplace_back(ref, settings[i], cipher_for(settings[i], *settings[i].address));
    by_id_.emplace(*settings[i].address, &meters_.back());
  }
}

bool Meters::fits_better(const Meter& meter, const Meter& other) {
  const int particular = meter.settings.particular();
  const int others = other.settings.particular();
  return particular > others || (particular == others && core::index(meter.ref) < core::index(other.ref));
}

Meter* Meters::find(const mbus::Identity& identity) {
  Meter* best = nullptr;
  const auto [first, last] = by_id_.equal_range(identity.id);
  for (auto at = first; at != last; ++at) {
    Meter* const meter = at->second;
    if (meter->settings.is(identity) && (best == nullptr || fits_better(*meter, *best))) best = meter;
  }
  if (best != nullptr) return best;
  return any_ != nullptr && any_->is(identity) ? stranger(identity.id) : nullptr;
}

Meter* Meters::stranger(std::uint32_t id) {
  if (const auto known = strangers_.find(id); known != strangers_.end()) return known->second.get();
  if (strangers_.size() == kMostStrangers) strangers_.clear();
  auto meter = std::make_unique<Meter>(any_ref_, *any_, cipher_for(*any_, id));
  return strangers_.emplace(id, std::move(meter)).first->second.get();
}

std::shared_ptr<Cipher> Meters::cipher_for(const MeterSettings& settings, std::uint32_t id) {
  const Key* key = settings.keys ? settings.keys->find(id) : nullptr;
  if (key == nullptr) return {};
  std::shared_ptr<Cipher>& cipher = ciphers_[*key];
  if (!cipher) cipher = std::make_shared<Cipher>(*key);
  return cipher;
}

}  // namespace afferent::drivers::wmbus
