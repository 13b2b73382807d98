// Which tags are at a reader: they come, stay, and go when they have not been read for a time. Value type; bounded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/time.h"
#include "agent/rules/kind.h"
#include "agent/rules/packing.h"

namespace afferent::rules {

struct PresenceTiming {
  std::uint32_t confirm = 2;  // reads before a tag is there: a passing lorry's is not
  core::Nanos gone{};         // not read for this long: it has left
  core::Nanos silence{};      // unless no tag at all was read since: then only after this long
};

struct Sighting {
  std::string antenna;
  double rssi = 0.0;  // dBm; 0: unknown
};

class Presence {
 public:
  static constexpr std::size_t kMost = 2000;  // tags; further ones are not followed

  enum class Change : std::uint8_t { none, arrived, moved };
  struct Tag {
    core::Stamp first;
    core::Stamp last;
    std::uint32_t reads = 0;
    bool here = false;    // confirmed
    bool stayed = false;  // for its user: long enough to be told
    Sighting at;          // its last
  };
  struct Departed {
    std::string tag;
    Tag was;
  };

  // `moved`: read by another antenna and no longer by the one before, for as long as `gone`.
  Change seen(const std::string& tag, const Sighting& sighting, const core::Stamp& at, const PresenceTiming& timing);
  std::vector<Departed> expire(core::Nanos now, const PresenceTiming& timing);
  // When expire() may find one at the earliest, or somebody has come by then whom it may find.
  core::Nanos next(core::Nanos now, const PresenceTiming& timing) const;

  const std::map<std::string, Tag>& tags() const { return tags_; }
  std::map<std::string, Tag>& tags() { return tags_; }

  // Saved in parts, so that one that comes or goes costs a small write however many are there.
  static constexpr std::uint16_t kParts = 32;
  static std::uint16_t part_of(std::string_view tag);
  static constexpr std::size_t kMostPart = 12 * 1024;  // bytes

  // Of `part`, those of `names` that are there; nothing is packed where there is none.
  void save(std::uint16_t part, const std::set<std::string>* names, core::Nanos now, Packer& to) const;
  // False: a part that makes no sense; then nothing of it is taken.
  bool restore(Unpacker& from, const Elapsed& elapsed);

 private:
  std::map<std::string, Tag> tags_;
  std::map<std::string, core::Nanos> other_antenna_;  // tag -> since when only another antenna reads it
  core::Nanos heard_{};                               // when any tag was read last
};

}  // namespace afferent::rules
