// Formats of the makers' own: telegrams, or parts of telegrams, that stand outside the standard. Each is read into the
// ordinary channels of its meter. Static data and pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/driver.h"
#include "drivers/common/mbus_channels.h"
#include "drivers/common/mbus_header.h"
#include "drivers/common/mbus_records.h"
#include "drivers/common/numbers.h"
#include "drivers/wmbus/keys.h"

namespace afferent::drivers::wmbus {

// What a format has read. It is said only when all of the telegram was understood.
class MakerReadings {
 public:
  void volume(double cubic_metres, std::uint64_t storage = 0, std::string_view name = "volume");
  void time(std::string_view name, std::optional<std::int64_t> seconds, std::uint64_t storage = 0);  // none: no reading
  void flag(std::string_view name, bool set);
  void number(core::ChannelSpec channel, double value);
  // Standard records that mean the same as what the maker sent.
  core::Bytes& records() { return records_; }

  void say(mbus::ChannelBook& book, mbus::Records& scratch, core::Sink& sink) const;

 private:
  struct Item {
    core::ChannelSpec channel;
    double value;
  };
  std::vector<Item> items_;
  core::Bytes records_;
};

struct MakerFrame {
  core::ByteView frame;                    // all of it, without checksums, the L field first
  core::ByteView payload;                  // what the format reads: behind the CI field, or the text behind a header
  const Key* key = nullptr;                // of the meter; null where none is configured
  const mbus::Records* records = nullptr;  // where the format stands beside records
  bool has_status = false;                 // a status byte says what it says of all meters, a low battery among it
};

struct MakerFormat {
  enum class Place : std::uint8_t {
    own_ci,   // behind a CI field of the maker's own
    instead,  // the text behind a standard header, where that is no records
    sealed,   // the text behind a standard header whose security mode is one of those that the standard does not have
    beside,   // in maker data or a maker's record, with standard records around it; what it is not adds nothing
  };
  static constexpr int kAny = -1;

  std::uint16_t maker;  // without its top bit
  int version;
  int medium;
  std::uint8_t first_ci;
  std::uint8_t last_ci;
  Place place;
  // False with `why` when the bytes do not have this format; `out` is then not to be used.
  bool (*read)(const MakerFrame& frame, MakerReadings& out, std::string& why);
};

// Null where no format is known.
const MakerFormat* find_maker_format(const mbus::Identity& meter, std::uint8_t ci);

constexpr std::uint16_t maker_code(char first, char second, char third) {
  return static_cast<std::uint16_t>((first - '@') << 10 | (second - '@') << 5 | (third - '@'));
}

// All records have a value and a known meaning but those of the maker, and one is the total of what a meter counts, or
// there are several. So it is where a text that may be anything is one of records.
bool are_known(const mbus::Records& records);

// One bit of a maker's status and the flag that it is.
struct MakerFlag {
  std::uint32_t mask;
  std::string_view name;
};

}  // namespace afferent::drivers::wmbus
