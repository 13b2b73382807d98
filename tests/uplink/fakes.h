// A store and a broker in memory, and a bench that runs rounds of delivery between them on a clock that stands still.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/uplink.h"
#include "agent/outbox/store.h"
#include "agent/uplink/rounds.h"
#include "tests/support/fakes.h"

namespace afferent::test {

class FakeStore final : public outbox::Store {
 public:
  core::Result<void> commit(std::vector<core::Parcel>& parcels) override {
    ++commits;
    if (!failures.empty()) {
      const core::Error error = failures.front();
      failures.erase(failures.begin());
      return error;
    }
    for (core::Parcel& parcel : parcels) {
      for (core::Envelope& envelope : parcel.envelopes) take(envelope);
    }
    parcels.clear();
    remove_acknowledged();
    return {};
  }
  void acknowledged(std::size_t stream, std::uint64_t sequence) override { acks.emplace_back(stream, sequence); }
  core::Result<void> flush_acknowledged() override {
    ++flushes;
    remove_acknowledged();
    return {};
  }
  core::Result<std::vector<outbox::Row>> read(std::size_t stream, std::uint64_t after, std::uint64_t most) override {
    ++reads;
    if (read_error) return *read_error;
    std::vector<outbox::Row> found;
    std::uint64_t sum = 0;
    for (const outbox::Row& row : rows) {
      if (row.stream != stream || row.sequence <= after || is_acknowledged(stream, row.sequence)) continue;
      sum += row.payload.size();
      if (!found.empty() && sum > most) break;
      found.push_back(row);
    }
    return found;
  }
  void offered(std::size_t stream, std::uint64_t sequence) override { offers.emplace_back(stream, sequence); }
  core::Result<void> move_to_end(std::size_t stream, std::span<const std::uint64_t> sequences) override {
    if (move_error) return *std::exchange(move_error, {});
    for (const std::uint64_t sequence : sequences) {
      const auto row = std::find_if(rows.begin(), rows.end(), [=](const outbox::Row& other) {
        return other.stream == stream && other.sequence == sequence;
      });
      if (row == rows.end()) continue;
      outbox::Row moved = *row;
      rows.erase(row);
      moved.sequence = stream_list[stream].next_sequence++;
      moved.previous = moved.sequence - 1;
      rows.push_back(std::move(moved));
    }
    return {};
  }
  core::Result<void> set_aside(std::size_t stream, std::uint64_t sequence, const std::string& reason) override {
    std::erase_if(rows, [=](const outbox::Row& row) { return row.stream == stream && row.sequence == sequence; });
    aside.push_back(stream_list[stream].domain + "/" + std::to_string(sequence) + " " + reason);
    return {};
  }
  const std::vector<outbox::Stream>& streams() const override { return stream_list; }
  std::uint64_t epoch() const override { return epoch_now; }
  std::uint64_t bytes() const override { return rows.size() * 100; }
  std::uint64_t committed_readings() const override { return committed; }
  std::uint64_t dropped_readings() const override { return dropped; }
  std::string trouble() const override { return trouble_text; }
  std::map<std::string, core::StateChange> states() const override { return {}; }
  core::Result<void> remember_boot(const core::BootFact& fact) override {
    boots[fact.boot] = fact;
    return {};
  }
  std::optional<core::BootFact> boot(std::uint64_t id) const override {
    const auto found = boots.find(id);
    return found == boots.end() ? std::nullopt : std::optional(found->second);
  }

  // As on a full disk: telemetry is dropped while `drops_telemetry`.
  void take(core::Envelope& envelope) {
    const bool drops = drops_telemetry && core::priority_of(envelope.kind) == core::Priority::telemetry;
    (drops ? dropped : committed) += envelope.readings;
    if (!drops) insert(envelope);
  }
  void insert(core::Envelope& envelope) {
    auto stream = std::find_if(stream_list.begin(), stream_list.end(), [&](const outbox::Stream& other) {
      return other.domain == envelope.domain && other.kind == envelope.kind;
    });
    if (stream == stream_list.end()) {
      stream =
          stream_list.insert(stream_list.end(), {envelope.domain, envelope.kind, core::priority_of(envelope.kind)});
    }
    const std::uint64_t sequence = stream->next_sequence++;
    ++stream->rows;
    rows.push_back({static_cast<std::size_t>(stream - stream_list.begin()), sequence, sequence - 1, boot_now,
                    envelope.readings, std::move(envelope.payload)});
  }
  void begin_epoch(std::uint64_t epoch) {
    epoch_now = epoch;
    rows.clear();
    acks.clear();
    for (outbox::Stream& stream : stream_list) stream.next_sequence = 1;
  }
  bool is_acknowledged(std::size_t stream, std::uint64_t sequence) const {
    return std::find(acks.begin(), acks.end(), std::pair(stream, sequence)) != acks.end();
  }
  void remove_acknowledged() {
    std::erase_if(rows, [this](const outbox::Row& row) { return is_acknowledged(row.stream, row.sequence); });
  }

  std::vector<outbox::Row> rows;
  std::vector<outbox::Stream> stream_list;
  std::vector<std::pair<std::size_t, std::uint64_t>> acks;
  std::vector<std::pair<std::size_t, std::uint64_t>> offers;
  std::vector<std::string> aside;
  std::vector<core::Error> failures;  // of the next commits
  std::optional<core::Error> read_error;
  std::optional<core::Error> move_error;  // of the next move_to_end()
  std::map<std::uint64_t, core::BootFact> boots;
  std::uint64_t epoch_now = 77;
  std::uint64_t boot_now = 5;
  bool drops_telemetry = false;
  std::uint64_t committed = 0;
  std::uint64_t dropped = 0;
  std::string trouble_text;
  int commits = 0;
  int flushes = 0;
  int reads = 0;
};

// What the deliverer publishes piles up in `sent`; the test plays the broker.
class FakeUplink final : public core::Uplink {
 public:
  struct Sent {
    std::uint64_t token = 0;
    std::string topic;
    std::string payload;
    bool retained = false;
  };

  void connect(const std::string& topic, const core::Bytes& payload) override {
    ++attempts;
    will_topic = topic;
    will_payload = std::string(core::as_text(payload));
  }
  core::Result<void> publish(std::uint64_t token, const std::string& topic, core::ByteView payload,
                             bool retained) override {
    if (!up) return core::Error{core::ErrorCode::retry, "not connected"};
    sent.push_back({token, topic, std::string(core::as_text(payload)), retained});
    if (accepts) post(core::UplinkEvent::Kind::acked, token);
    return {};
  }
  std::vector<core::UplinkEvent> take() override { return std::exchange(events, {}); }
  void disconnect() override { ++disconnects; }

  void opens(std::uint64_t most_packet = 0, std::uint16_t receive_maximum = 65535) {
    up = true;
    core::UplinkEvent& event = post(core::UplinkEvent::Kind::connected);
    event.mqtt5 = true;
    event.most_packet = most_packet;
    event.receive_maximum = receive_maximum;
  }
  void fails(const std::string& why) { post(core::UplinkEvent::Kind::connect_failed).reason = why; }
  void breaks() {
    up = false;
    sent.clear();
    post(core::UplinkEvent::Kind::lost).reason = "connection lost";
  }
  void acks(std::uint64_t token) { post(core::UplinkEvent::Kind::acked, token); }
  void refuses(std::uint64_t token, int code) { post(core::UplinkEvent::Kind::refused, token).code = code; }
  core::UplinkEvent& post(core::UplinkEvent::Kind kind, std::uint64_t token = 0) {
    core::UplinkEvent& event = events.emplace_back();
    event.kind = kind;
    event.token = token;
    return event;
  }
  std::vector<Sent> taken() { return std::exchange(sent, {}); }

  bool up = false;
  bool accepts = false;  // acknowledges everything by itself
  int attempts = 0;
  int disconnects = 0;
  std::string will_topic;
  std::string will_payload;
  std::vector<Sent> sent;
  std::vector<core::UplinkEvent> events;
};

// "payload|sequence<previous" and, when the UTC of the boot is known, "@utc".
class TextSealer final : public core::Sealer {
 public:
  void seal(const core::SealFacts& facts, core::Bytes& payload) const override {
    std::string text = "|" + std::to_string(facts.sequence) + "<" + std::to_string(facts.previous);
    if (facts.utc_at_boot) text += "@" + std::to_string(facts.utc_at_boot->count());
    payload.insert(payload.end(), text.begin(), text.end());
  }
};

inline core::DownItem message(const std::string& domain, core::Kind kind, const std::string& text) {
  core::Envelope envelope;
  envelope.domain = domain;
  envelope.kind = kind;
  envelope.payload.assign(text.begin(), text.end());
  envelope.readings = 10;
  core::Parcel parcel;
  parcel.envelopes.push_back(std::move(envelope));
  return parcel;
}
inline core::DownItem telemetry(const std::string& text) { return message("water", core::Kind::telemetry, text); }
inline core::DownItem alert(const std::string& text) { return message("flood", core::Kind::alert, text); }
inline core::DownItem slot(const std::string& topic, const std::string& text) {
  return core::SlotUpdate{{topic, core::Bytes(text.begin(), text.end())}};
}

class Bench {
 public:
  uplink::DeliveryOptions options;
  FakeStore store;
  FakeUplink broker;
  TextSealer sealer;
  FakeClock clock;
  CountingRandom random;
  RecordingLog log;
  std::vector<core::DeliveryReport> reports;
  core::Nanos wait{};

  Bench() {
    options.node = "n1";
    options.area = {"31", "07"};
    options.broker = "b:1883";
    options.report = [this](const core::DeliveryReport& report) { reports.push_back(report); };
    options.will = [](std::uint64_t session) {
      const std::string text = "gone " + std::to_string(session);
      return core::Bytes(text.begin(), text.end());
    };
  }
  uplink::DeliveryTools tools() { return {store, broker, sealer, clock, random, log}; }
  uplink::Rounds& rounds() {
    if (!rounds_) rounds_.emplace(options, tools());
    return *rounds_;
  }
  template <class... Items>
  void round(Items... items) {
    std::vector<core::DownItem> list;
    (list.push_back(std::move(items)), ...);
    wait = rounds().round(std::move(list));
  }
  void later(core::Nanos by) {
    clock.stamp.boot += by;
    round();
  }
  void connect(std::uint64_t most_packet = 0, std::uint16_t receive_maximum = 65535) {
    round();
    broker.opens(most_packet, receive_maximum);
    round();
  }
  // Payloads that were published since the last call, slots left out.
  std::vector<std::string> published() {
    std::vector<std::string> texts;
    for (const FakeUplink::Sent& sent : broker.sent) {
      if (!sent.retained) texts.push_back(sent.payload);
    }
    return texts;
  }

 private:
  std::optional<uplink::Rounds> rounds_;
};

}  // namespace afferent::test
