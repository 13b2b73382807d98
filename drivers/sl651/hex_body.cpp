#include "drivers/sl651/hex_body.h"

#include "drivers/sl651/text.h"

namespace afferent::drivers::sl651 {
namespace {

constexpr std::size_t kHead = 8;  // serial number 2, time 6
constexpr std::uint8_t kTime = 0xF0;
constexpr std::uint8_t kStation = 0xF1;
constexpr std::uint8_t kManual = 0xF2;
constexpr std::uint8_t kPicture = 0xF3;
constexpr std::uint8_t kBulk = 0xFD;  // with the definition F6
constexpr std::uint8_t kStep = 0x04;
constexpr std::uint8_t kDuration = 0x05;
constexpr std::uint8_t kStatus = 0x45;
constexpr std::uint8_t kExtended = 0xFF;
constexpr std::uint8_t kHourRain = 0xF4;        // twelve values of a byte
constexpr std::uint8_t kFirstHourLevel = 0xF5;  // to FC: twelve values of two bytes
constexpr std::uint8_t kLastHourLevel = 0xFC;

// Lengths that the standard fixes (annex C): stations are known whose definitions say others. 0: the definition tells.
std::size_t fixed_size(std::uint8_t lead) {
  if (lead == kHourRain) return 12;
  return lead >= kFirstHourLevel && lead <= kLastHourLevel ? 24 : 0;
}

class Reader {
 public:
  Reader(core::ByteView body, Collect& collect) : rest_(body), collect_(collect) {}

  void read() {
    while (rest_.size() >= 2) {
      if (!group()) return;
    }
    if (!rest_.empty()) collect_.trouble("a byte behind the last element");
  }

 private:
  // An identifier with its definition: so many bytes with so many decimals.
  struct Identifier {
    std::string text;  // "39", "FF14"
    std::uint8_t lead = 0;
    std::size_t size = 0;
    unsigned decimals = 0;
  };

  bool is(std::uint8_t lead, std::uint8_t definition) const { return rest_[0] == lead && rest_[1] == definition; }

  bool group() {
    if (is(kStation, kStation)) return station();
    if (is(kTime, kTime)) return observed();
    if (is(kManual, kManual)) return manual();
    if (is(kPicture, kPicture) || is(kBulk, 0xF6)) return false;
    const auto identifier = take_identifier();
    if (!identifier) return false;
    if (identifier->lead == kStep && identifier->size == 3) return series();
    const auto data = take(identifier->size);
    if (!data) return cut(identifier->text);
    value(*identifier, *data);
    return true;
  }

  bool cut(std::string_view what) {
    collect_.trouble(std::string(what) + " is cut short");
    return false;
  }

  std::optional<core::ByteView> take(std::size_t size) {
    if (rest_.size() < size) return std::nullopt;
    const core::ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  bool station() {
    const auto data = take(7);
    if (!data) return cut("station");
    collect_.station(core::to_hex(data->subspan(2)));
    if (!has_kind(collect_.function())) return true;
    const auto kind = take(1);
    if (!kind) return cut("kind of station");
    collect_.kind(static_cast<char>((*kind)[0]));
    return true;
  }

  bool observed() {
    const auto data = take(7);
    if (!data) return cut("observation time");
    collect_.observed(core::to_hex(data->subspan(2)));
    return true;
  }

  bool manual() {
    collect_.text("manual", rest_.subspan(2));
    return false;
  }

  std::optional<Identifier> take_identifier() {
    Identifier identifier;
    const std::size_t length = rest_[0] == kExtended ? 2 : 1;
    const auto taken = take(length + 1);
    if (!taken) {
      cut("identifier");
      return std::nullopt;
    }
    identifier.text = core::to_hex(taken->first(length));
    identifier.lead = (*taken)[0];
    identifier.size = (*taken)[length] >> 3;
    if (const std::size_t fixed = fixed_size(identifier.lead); fixed != 0) identifier.size = fixed;
    identifier.decimals = (*taken)[length] & 7U;
    return identifier;
  }

  void value(const Identifier& identifier, core::ByteView data) {
    if (is_missing(data)) return;
    const Element* element = element_of(identifier.lead);
    if (element != nullptr && element->is_hour_group()) return collect_.hour_group(*element, data);
    if (identifier.lead == kStatus && data.size() == 4) {
      return collect_.status(static_cast<std::uint32_t>(data[0]) << 24 | static_cast<std::uint32_t>(data[1]) << 16 |
                             static_cast<std::uint32_t>(data[2]) << 8 | data[3]);
    }
    if (identifier.lead == kDuration) return collect_.duration(core::as_text(data));
    const auto number = packed_decimal(data, identifier.decimals);
    if (element == nullptr) {
      if (number) collect_.unnamed(identifier.text, *number);  // else the maker's own coding
    } else if (number) {
      collect_.element(*element, *number);
    } else {
      const std::string digits = core::to_hex(data);
      const bool decimal = digits.find_first_of("ABCDEF", data[0] == 0xFF ? 2 : 0) == digits.npos;
      collect_.trouble("element " + identifier.text + " is " + digits +
                       (decimal ? ", more than 18 digits" : ", not decimal digits"));
    }
  }

  // A step, one identifier, and its values to the end. The step 000000 stands before groups of an hour each.
  bool series() {
    const auto step = take(3);
    if (!step) return cut("time step");
    const auto days = packed_decimal(step->first(1), 0);
    const auto hours = packed_decimal(step->subspan(1, 1), 0);
    const auto minutes = packed_decimal(step->subspan(2, 1), 0);
    if (rest_.size() < 2) return cut("series");
    const auto identifier = take_identifier();
    if (!identifier) return false;
    if (!days || !hours || !minutes || identifier->size == 0) {
      collect_.trouble("time step is " + core::to_hex(*step) + " or its values have no length");
      return false;
    }
    const std::int64_t length = days->mantissa * 1440 + hours->mantissa * 60 + minutes->mantissa;
    collect_.begin_series(Minutes(length == 0 ? 60 : length));
    while (rest_.size() >= identifier->size && !next_group_begins()) {
      value(*identifier, *take(identifier->size));
      collect_.next_step();
    }
    collect_.end_series();
    return true;
  }

  // F0 and F1 are no decimal digits, so that no value begins like this.
  bool next_group_begins() const { return rest_.size() >= 7 && (is(kStation, kStation) || is(kTime, kTime)); }

  core::ByteView rest_;
  Collect& collect_;
};

}  // namespace

void read_hex_body(core::ByteView body, Collect& collect) {
  if (body.size() < kHead) return collect.trouble("body is too short");
  collect.head(core::to_hex(body.first(2)), core::to_hex(body.subspan(2, 6)));
  if (!has_elements(collect.function())) return;
  // Who puts something else here puts nothing else where it belongs either.
  const std::string sent = core::to_hex(body.subspan(2, 6));
  if (sent.find_first_of("ABCDEF") != sent.npos)
    return collect.trouble("send time is " + sent + ", not decimal digits");
  core::ByteView groups = body.subspan(kHead);
  constexpr std::uint8_t kVersion = 0x45;
  if (collect.function() == kVersion && groups.size() >= 8 && groups[0] == kStation) {
    collect.station(core::to_hex(groups.subspan(2, 5)));
    groups = groups.subspan(8);  // behind the length of the text
    return collect.text("software_version", groups);
  }
  Reader(groups, collect).read();
}

}  // namespace afferent::drivers::sl651
