// The meters of one radio, found by what they call themselves in constant time. Loop-bound.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "drivers/common/mbus_channels.h"
#include "drivers/wmbus/crypto.h"
#include "drivers/wmbus/fragments.h"
#include "drivers/wmbus/options.h"

namespace afferent::drivers::wmbus {

// The last telegrams of one meter.
class Recent {
 public:
  // True when the same was seen within the time; else it is remembered.
  bool seen(std::uint64_t content, core::Nanos now, core::Nanos within);
  // The one that was remembered last could not be read: when it comes again it is news.
  void forget_last();

 private:
  struct Entry {
    std::uint64_t content = 0;
    core::Nanos at = core::Nanos::min();
  };
  std::array<Entry, 4> entries_{};
  std::size_t next_ = 0;
};

struct Meter {
  Meter(core::DeviceRef device, const MeterSettings& settings_of, std::shared_ptr<Cipher> key)
      : ref(device), settings(settings_of), cipher(std::move(key)), book(device) {}

  core::DeviceRef ref;
  const MeterSettings& settings;
  std::shared_ptr<Cipher> cipher;  // null: no key
  mbus::ChannelBook book;
  Recent recent;
  std::unique_ptr<Reassembly> message;  // that comes in pieces
};

class Meters {
 public:
  explicit Meters(const std::vector<MeterSettings>& settings);  // outlives the meters

  // Of those that fit the one whose settings say most, of these the first. Null: not one of ours.
  Meter* find(const mbus::Identity& identity);
  bool takes_any() const { return any_ != nullptr; }

 private:
  static constexpr std::size_t kMostStrangers = 1024;  // where any meter is taken

  static bool fits_better(const Meter& meter, const Meter& other);
  Meter* stranger(std::uint32_t id);
  std::shared_ptr<Cipher> cipher_for(const MeterSettings& settings, std::uint32_t id);

  std::deque<Meter> meters_;
  std::unordered_multimap<std::uint32_t, Meter*> by_id_;
  std::map<Key, std::shared_ptr<Cipher>> ciphers_;
  const MeterSettings* any_ = nullptr;
  core::DeviceRef any_ref_{};
  std::unordered_map<std::uint32_t, std::unique_ptr<Meter>> strangers_;
};

}  // namespace afferent::drivers::wmbus
