#include "drivers/wmbus/radio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "drivers/common/mbus_status.h"
#include "drivers/common/numbers.h"
#include "drivers/wmbus/maker_diehl.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::size_t kMostStrangers = 4096;
// A frame does not pause for so long: what was held before is none.
constexpr core::Nanos kBurst = std::chrono::seconds(2);

// What meters send: SND-NR, SND-IR, ACC-NR, ACC-DMD, RSP-UD with its bits for access demand and busy.
constexpr std::array<std::uint8_t, 8> kFromMeters{0x44, 0x46, 0x47, 0x48, 0x08, 0x18, 0x28, 0x38};

constexpr std::size_t kShortest = 11;  // bytes of a frame: length, control, maker, address, and a CI field

bool from_meter(std::uint8_t control) {
  return std::find(kFromMeters.begin(), kFromMeters.end(), control) != kFromMeters.end();
}

std::uint64_t key_of(const mbus::Identity& meter) {
  return static_cast<std::uint64_t>(meter.id) << 32 | static_cast<std::uint64_t>(meter.maker) << 16 |
         static_cast<std::uint64_t>(meter.version) << 8 | meter.medium;
}

const Key* key_of(const Meter& meter) { return meter.cipher ? &meter.cipher->key() : nullptr; }

std::uint64_t hash_of(core::ByteView bytes) { return std::hash<std::string_view>()(core::as_text(bytes)); }

std::string description(const mbus::Identity& meter, std::optional<double> rssi) {
  std::string text = mbus::maker_text(meter.maker) + " " + std::string(mbus::medium_name(meter.medium)) + ", type " +
                     hex(meter.medium) + ", version " + hex(meter.version);
  if (rssi) text += ", RSSI " + std::to_string(std::lround(*rssi)) + " dBm";
  return text;
}

// Some meters fill up with FF, which begins no record.
core::ByteView without_padding(core::ByteView bytes) {
  while (!bytes.empty() && bytes.back() == 0xFF) bytes = bytes.first(bytes.size() - 1);
  return bytes;
}

// Two fillers stand in front of an encrypted text, to tell a wrong key; only a list of records may begin with them.
// Some meters put them in front of a plain compact frame too.
core::ByteView without_check_bytes(const mbus::Header& header, Content content, core::ByteView text) {
  constexpr std::uint8_t kFiller = 0x2F;
  const unsigned mode = header.config >> 8 & 0x1FU;
  const bool encrypted = (mode == 5 || mode == 7) && (header.config >> 4 & 0xFU) != 0;
  const bool there = text.size() >= 2 && text[0] == kFiller && text[1] == kFiller;
  const bool plain = mode == 0 && content == Content::compact;
  return (encrypted || plain) && there ? text.subspan(2) : text;
}

// Modes that the standard leaves to nobody, so some makers took them.
bool is_makers_mode(const mbus::Header& header) { return (header.config >> 8 & 0x10U) != 0; }

// The text of an encrypted telegram that somebody has opened and passed on, with the checksum of format B still behind
// it: that was one of the secret text, so it says nothing any more.
bool opened_before(const mbus::Header& header, core::ByteView transport, core::ByteView plain) {
  const unsigned mode = header.config >> 8 & 0x1FU;
  const std::size_t secret = (header.config >> 4 & 0xFU) * std::size_t{16};
  const auto* end = transport.data() + transport.size();
  const bool as_received = plain.data() + plain.size() == end;
  return (mode == 5 || mode == 7) && as_received && secret > 0 && plain.size() == secret + 2 && plain[0] == 0x2F &&
         plain[1] == 0x2F;
}

}  // namespace

Radio::Radio(Settings settings)
    : settings_(std::move(settings)),
      meters_(settings_.meters),
      source_(make_source(settings_.source)),
      diehl_(diehl_factory_key()) {}

void Radio::on(const core::WireEvent& event, core::Sink& sink) {
  using Kind = core::WireEvent::Kind;
  sink_ = &sink;
  now_ = event.at.boot;
  switch (event.kind) {
    case Kind::received:
    case Kind::overheard:
      if (source_->holds() && now_ - last_bytes_ > kBurst) source_->flush(*this);
      last_bytes_ = now_;
      source_->feed(event.bytes, *this);
      break;
    case Kind::timed_out:
    case Kind::wake: source_->flush(*this); break;
    case Kind::opened:
    case Kind::closed: source_ = make_source(settings_.source); break;
    default: break;
  }
  if (event.kind == Kind::turn || event.kind == Kind::timed_out || event.kind == Kind::wake) sink.done({});
  sink_ = nullptr;
}

void Radio::damaged(core::ByteView bytes, std::string_view why) { sink_->reject(bytes, why); }

void Radio::caught(const Caught& frame) {
  Telegram telegram;
  telegram.frame = frame.frame;
  telegram.rssi = frame.rssi;
  telegram.checked = frame.checked;
  if (frame.frame.size() < kShortest) return damaged(frame.frame, "nothing follows the address");
  telegram.link = link_of(frame.frame);
  if (!from_meter(telegram.link.control)) return;
  telegram.meter = diehl_identity(telegram.link);
  telegram.known = meters_.find(telegram.meter);
  telegram.transport = telegram.link.rest;
  if (!peel_extended_link(telegram)) return refuse(telegram);
  telegram.payload = telegram.transport;
  if (telegram.readable) {
    if (!peel_fragment(telegram)) return refuse(telegram);
    const bool begins = !telegram.fragmented || telegram.fragment.number <= 1;
    if (begins && !read_transport(telegram)) return refuse(telegram);
  }
  if (telegram.known == nullptr || meters_.takes_any()) announce(telegram);
  if (telegram.known == nullptr || repeated(telegram)) return;
  bool waiting = false;
  if (whole(telegram, waiting) && (waiting || understand(telegram))) return;
  telegram.known->recent.forget_last();
  refuse(telegram);
}

// False when what it protects is not right. The checksum tells whether the payload is plain already.
bool Radio::peel_extended_link(Telegram& telegram) {
  if (!is_extended_link(telegram.transport[0])) return true;
  std::string_view why;
  if (!read_extended_link(telegram.transport, telegram.extended, why)) {
    telegram.why = why;
    return false;
  }
  core::ByteView payload = telegram.transport.subspan(telegram.extended.size);
  if (telegram.extended.session) {
    if (!payload_right(payload) && !telegram.extended.encrypted()) {
      telegram.why = "CRC of the extended link layer's payload is wrong";
      return false;
    }
    if (!payload_right(payload)) {
      Cipher* cipher = telegram.known != nullptr ? telegram.known->cipher.get() : nullptr;
      telegram.readable = false;
      if (telegram.known == nullptr) return true;
      telegram.why = "encrypted (extended link layer), and there is no key";
      if (cipher == nullptr) return false;
      opened_.resize(payload.size());
      telegram.why = "wrong key";
      if (!cipher->apply_ctr(counter_of(telegram.extended, telegram.link.sender), payload, opened_.data()))
        return false;
      payload = opened_;
      if (!payload_right(payload)) return false;
      telegram.why.clear();
      telegram.readable = true;
    }
    telegram.checked = true;
    payload = payload.subspan(2);
  }
  telegram.why = "nothing behind the extended link layer";
  if (payload.empty()) return false;
  telegram.why.clear();
  telegram.transport = payload;
  return true;
}

bool Radio::peel_fragment(Telegram& telegram) {
  if (telegram.transport[0] != kFragmentLayer) return true;
  std::optional<std::uint8_t> control;
  if (telegram.known != nullptr && telegram.known->message) control = telegram.known->message->control();
  std::string_view why;
  if (!read_fragment(telegram.transport, control, telegram.fragment, why)) {
    telegram.why = why;
    return false;
  }
  telegram.fragmented = true;
  telegram.transport = telegram.transport.subspan(telegram.fragment.size);
  return true;
}

// The header, and with a long one who the meter is: the link layer may be that of a radio adapter.
bool Radio::read_transport(Telegram& telegram) {
  telegram.why = "nothing behind the authentication layer";
  if (telegram.transport.empty()) return false;
  telegram.content = &content_of(telegram.transport[0]);
  telegram.header = {};
  telegram.header.access = telegram.extended.access;
  const core::ByteView bytes = telegram.transport.subspan(1);
  std::optional<mbus::Header> header = mbus::Header();
  if (telegram.content->head == Head::short_one) header = mbus::read_short_header(bytes);
  if (telegram.content->head == Head::long_one) header = mbus::read_long_header(bytes);
  telegram.why = "header is cut short";
  if (!header) return false;
  telegram.why.clear();
  if (telegram.content->head != Head::none) telegram.header = *header;
  if (!telegram.header.identity) return true;
  telegram.meter = *telegram.header.identity;
  if (Meter* meter = meters_.find(telegram.meter); meter != nullptr) telegram.known = meter;
  return true;
}

// Of the payload, but for the two lowest bits of the header's configuration field: hop counter and repeated access,
// which a repeater sets there where no extended link layer has them.
std::uint64_t Radio::hash_of_payload(const Telegram& telegram) {
  constexpr std::uint8_t kOfRepeaters = 0x03;
  constexpr std::size_t kConfig = 2;  // bytes, at the end of the header
  if (telegram.content == nullptr || telegram.content->head == Head::none) return hash_of(telegram.payload);
  const auto header = static_cast<std::size_t>(telegram.transport.data() - telegram.payload.data());
  const std::size_t at = header + 1 + size_of(telegram.content->head) - kConfig;
  const auto config = static_cast<std::uint8_t>(telegram.payload[at] & ~kOfRepeaters);
  return (hash_of(telegram.payload.first(at)) * 31U + config) * 31U + hash_of(telegram.payload.subspan(at + 1));
}

bool Radio::repeated(const Telegram& telegram) {
  if (telegram.known->settings.repeated_within <= core::Nanos::zero()) return false;
  const std::uint64_t content = hash_of_payload(telegram) * 31U + telegram.extended.access;
  return telegram.known->recent.seen(content, now_, telegram.known->settings.repeated_within);
}

// Puts the pieces of a message together; `waiting` while some are to come.
bool Radio::whole(Telegram& telegram, bool& waiting) {
  const bool in_pieces = telegram.fragmented && (telegram.fragment.more || telegram.fragment.number > 1);
  if (!in_pieces) return true;
  if (!telegram.known->message) telegram.known->message = std::make_unique<Reassembly>();
  Reassembly& message = *telegram.known->message;
  std::string_view why;
  const Reassembly::State state = message.add(telegram.fragment, telegram.transport, now_, why);
  telegram.why = why;
  waiting = state == Reassembly::State::waiting;
  if (state != Reassembly::State::whole) return waiting;
  telegram.fragment = message.fields();
  telegram.transport = message.message();
  return read_transport(telegram);
}

bool Radio::understand(Telegram& telegram) {
  using Place = MakerFormat::Place;
  const ContentKind& content = *telegram.content;
  if (content.content == Content::command) return true;
  telegram.format = find_maker_format(telegram.meter, telegram.transport[0]);
  if (content.content == Content::maker && telegram.format != nullptr && telegram.format->place == Place::own_ci) {
    return say_maker(telegram, telegram.transport.subspan(1));
  }
  if (content.content == Content::maker || content.content == Content::not_understood) {
    telegram.why =
        "not understood: " + std::string(content.name) + " (CI " + core::to_hex(telegram.transport.first(1)) + ")";
    return false;
  }
  if (telegram.format != nullptr && telegram.format->place == Place::sealed && is_makers_mode(telegram.header)) {
    return say_maker(telegram, telegram.transport.subspan(1 + size_of(content.head)));
  }
  core::ByteView plain;
  if (!open(telegram, plain)) return false;
  if (content.content != Content::records) plain = without_check_bytes(telegram.header, content.content, plain);
  switch (content.content) {
    case Content::records: return understand_records(telegram, plain);
    case Content::compact:
      if (!formats_.expand(telegram.meter, plain, records_, telegram.why)) return false;
      telegram.why.clear();
      return say_records(telegram);
    case Content::format: return formats_.learn(telegram.meter, plain, telegram.why);
    case Content::error:
      telegram.why = "application error";
      if (!plain.empty()) telegram.why += ": " + std::string(mbus::application_error_text(plain[0]));
      return false;
    default: say(telegram, false); return true;
  }
}

// The text behind the header.
bool Radio::open(Telegram& telegram, core::ByteView& plain) {
  const bool first_layer = telegram.transport.data() == telegram.link.rest.data();
  if (first_layer && is_real_data(telegram.link)) {
    if (!open_real_data(telegram.frame, key_of(*telegram.known), real_data_, telegram.why)) return false;
    plain = real_data_;
    return true;
  }
  Sealed sealed;
  sealed.transport = telegram.transport;
  sealed.body = telegram.transport.subspan(1 + size_of(telegram.content->head));
  sealed.header = telegram.header;
  sealed.meter = telegram.meter;
  sealed.fields = telegram.fragmented ? &telegram.fragment : nullptr;
  Cipher* cipher = telegram.known->cipher.get();
  const bool factory = cipher == nullptr && is_diehl(telegram.meter.maker);
  if (factory && opener_.open(sealed, &diehl_, plain, telegram.why)) return true;
  telegram.why.clear();
  return opener_.open(sealed, cipher, plain, telegram.why);
}

bool Radio::understand_records(Telegram& telegram, core::ByteView plain) {
  using Place = MakerFormat::Place;
  const MakerFormat* format = telegram.format;
  const bool instead = format != nullptr && format->place == Place::instead;
  if (instead && !(mbus::read_records(without_padding(plain), records_) && are_known(records_))) {
    return say_maker(telegram, plain);
  }
  if (!read_records(telegram, plain)) return false;
  if (!say_records(telegram)) return false;
  formats_.learn(telegram.meter, records_);
  return true;
}

// The records, and what the maker has put beside them.
bool Radio::say_records(Telegram& telegram) {
  MakerReadings more;
  const bool beside = telegram.format != nullptr && telegram.format->place == MakerFormat::Place::beside;
  if (beside && !read_maker(telegram, records_.maker_data, more)) return false;
  say(telegram, true);
  more.say(telegram.known->book, maker_records_, *sink_);
  return true;
}

bool Radio::say_maker(Telegram& telegram, core::ByteView payload) {
  MakerReadings readings;
  if (!read_maker(telegram, payload, readings)) return false;
  readings.say(telegram.known->book, maker_records_, *sink_);
  say(telegram, false);
  return true;
}

bool Radio::read_maker(Telegram& telegram, core::ByteView payload, MakerReadings& out) {
  MakerFrame frame;
  frame.frame = telegram.frame;
  frame.payload = payload;
  frame.key = key_of(*telegram.known);
  frame.has_status = telegram.content->head != Head::none;
  if (telegram.format->place == MakerFormat::Place::beside) frame.records = &records_;
  std::string why;
  if (telegram.format->read(frame, out, why)) return true;
  telegram.why = why;
  return false;
}

bool Radio::read_records(Telegram& telegram, core::ByteView plain) {
  const bool read = mbus::read_records(plain, records_) || mbus::read_records(without_padding(plain), records_);
  if (!read) {
    telegram.why = records_.trouble;
    const bool left = ends_with_crc_a(telegram.frame) || opened_before(telegram.header, telegram.transport, plain);
    if (telegram.checked || !left || plain.size() < 2) return false;
    if (!mbus::read_records(plain.first(plain.size() - 2), records_)) return false;
    telegram.why.clear();
  }
  // The checksum of a damaged format B frame would be read as a record; those without data are the likely ones.
  if (!telegram.checked && !records_.list.empty() && records_.list.back().raw.kind == mbus::Raw::Kind::none) {
    telegram.why = "no checksum is right, and the last record has no data";
    return false;
  }
  return true;
}

void Radio::say(Telegram& telegram, bool with_records) {
  mbus::ChannelBook& book = telegram.known->book;
  if (with_records) book.records(records_, *sink_);
  if (telegram.content->head != Head::none) book.status(telegram.header.status, *sink_);
  if (telegram.rssi) {
    book.reading({"rssi", core::Quantity::signal, -1}, core::Value::number(*telegram.rssi), *sink_);
  }
}

void Radio::refuse(const Telegram& telegram) {
  if (telegram.known == nullptr) return sink_->reject(telegram.frame, telegram.why);
  sink_->fault(telegram.known->ref, telegram.frame, "meter " + mbus::id_text(telegram.meter.id) + ": " + telegram.why);
}

// Once for each stranger. Where any meter is taken, whenever another one speaks than before.
void Radio::announce(const Telegram& telegram) {
  if (telegram.known != nullptr) {
    if (last_ == telegram.meter) return;
    last_ = telegram.meter;
  } else {
    if (strangers_.size() >= kMostStrangers || !strangers_.insert(key_of(telegram.meter)).second) return;
  }
  sink_->heard(mbus::id_text(telegram.meter.id), description(telegram.meter, telegram.rssi));
}

}  // namespace afferent::drivers::wmbus
