#include "drivers/wmbus/contents.h"

#include <algorithm>
#include <array>

#include "drivers/common/mbus_header.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::array kKinds{
    ContentKind{0x50, 0x68, Head::none, Content::command, "a command to a meter"},
    ContentKind{0x69, 0x69, Head::none, Content::format, "a format frame"},
    ContentKind{0x6A, 0x6A, Head::short_one, Content::format, "a format frame"},
    ContentKind{0x6B, 0x6B, Head::long_one, Content::format, "a format frame"},
    ContentKind{0x6C, 0x6D, Head::long_one, Content::command, "a clock for a meter"},
    ContentKind{0x6E, 0x6E, Head::short_one, Content::error, "an application error"},
    ContentKind{0x6F, 0x6F, Head::long_one, Content::error, "an application error"},
    ContentKind{0x70, 0x70, Head::none, Content::error, "an application error"},
    ContentKind{0x71, 0x71, Head::none, Content::nothing, "an alarm"},
    ContentKind{0x72, 0x72, Head::long_one, Content::records, "records"},
    ContentKind{0x73, 0x73, Head::long_one, Content::compact, "a compact frame"},
    ContentKind{0x74, 0x74, Head::short_one, Content::nothing, "an alarm"},
    ContentKind{0x75, 0x75, Head::long_one, Content::nothing, "an alarm"},
    ContentKind{0x78, 0x78, Head::none, Content::records, "records"},
    ContentKind{0x79, 0x79, Head::none, Content::compact, "a compact frame"},
    ContentKind{0x7A, 0x7A, Head::short_one, Content::records, "records"},
    ContentKind{0x7B, 0x7B, Head::short_one, Content::compact, "a compact frame"},
    ContentKind{0x7C, 0x7D, Head::none, Content::not_understood, "DLMS/COSEM"},
    ContentKind{0x7E, 0x7F, Head::none, Content::not_understood, "SML"},
    ContentKind{0x80, 0x80, Head::long_one, Content::nothing, "a transport layer"},
    ContentKind{0x81, 0x83, Head::none, Content::not_understood, "a network layer"},
    ContentKind{0x8A, 0x8A, Head::short_one, Content::nothing, "a transport layer"},
    ContentKind{0x8B, 0x8B, Head::long_one, Content::nothing, "a transport layer"},
    ContentKind{0xA0, 0xB7, Head::none, Content::maker, "a format of the maker's own"},
};

constexpr ContentKind kUnknown{0x00, 0xFF, Head::none, Content::not_understood, "an unknown layer"};

}  // namespace

const ContentKind& content_of(std::uint8_t ci) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [ci](const auto& kind) { return ci >= kind.first && ci <= kind.last; });
  return found == kKinds.end() ? kUnknown : *found;
}

std::size_t size_of(Head head) {
  switch (head) {
    case Head::none: return 0;
    case Head::short_one: return mbus::kShortHeader;
    case Head::long_one: return mbus::kLongHeader;
  }
  return 0;
}

}  // namespace afferent::drivers::wmbus
