#include "drivers/sdi12/sensor.h"

#include <algorithm>
#include <utility>

namespace afferent::drivers::sdi12 {
namespace {

using core::Error;
using core::ErrorCode;

constexpr core::Millis kBreak{15};   // at least 12 ms (4.2.1)
constexpr core::Millis kSlack{100};  // behind the announced seconds, before the values are asked for
constexpr std::size_t kMostDeclared = 1000;
constexpr std::size_t kMostUnheard = 256;
constexpr unsigned kLastPage = 9;
constexpr unsigned kLastPageOfMany = 999;  // high-volume commands

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, 80));
  std::replace_if(shown.begin(), shown.end(), [](char c) { return c < ' ' || c == 0x7F; }, '.');
  return shown;
}

}  // namespace

Sensor::Sensor(Settings settings) : settings_(std::move(settings)), identity_due_(settings_.identify) {
  for (const NamedValue& value : settings_.values) channels_.push_back(value.channel);
}

std::span<const core::ChannelSpec> Sensor::channels(core::DeviceRef /*device*/) const { return channels_; }

void Sensor::on(const core::WireEvent& event, core::Sink& sink) {
  using Kind = core::WireEvent::Kind;
  switch (event.kind) {
    case Kind::turn: return begin_turn(event, sink);
    case Kind::wake:
      if (step_ == Step::measuring) fetch(sink);
      return;
    case Kind::received: return received(event, sink);
    case Kind::overheard: return listen(event, sink);
    case Kind::timed_out: return timed_out(sink);
    case Kind::opened:
    case Kind::closed: return forget();
    case Kind::edge: return;
  }
}

void Sensor::forget() {
  step_ = Step::idle;
  identity_due_ = settings_.identify;
  heard_command_.reset();
  ear_.flush();
  line_.flush();
  unheard_.clear();
}

void Sensor::begin_turn(const core::WireEvent& event, core::Sink& sink) {
  if (step_ == Step::measuring) {
    if (event.at.boot < ready_) return sink.done({});  // a command now would end the measurement
    return fetch(sink);
  }
  if (identity_due_) return ask(Step::identity, "I", sink);
  measure(0, sink);
}

void Sensor::measure(std::size_t number, core::Sink& sink) {
  measurement_ = number;
  if (number >= settings_.measurements.size()) return finish({}, sink);
  reading_ = Reading{settings_.measurements[number], 0, 0, 0};
  ask(is_continuous(reading_.measurement) ? Step::data : Step::announcement, reading_.measurement, sink);
}

void Sensor::fetch(core::Sink& sink) { ask(Step::data, "D" + std::to_string(reading_.page), sink); }

void Sensor::ask(Step step, std::string_view body, core::Sink& sink) {
  step_ = step;
  asked_ = body;
  ear_.flush();
  core::Outgoing outgoing;
  std::string text(body);
  if (text != "?") text.insert(text.begin(), settings_.address.value_or('0'));
  text += '!';
  outgoing.bytes.assign(text.begin(), text.end());
  if (settings_.breaks) outgoing.line_break = kBreak;
  sink.send(std::move(outgoing));
}

void Sensor::finish(core::Result<void> result, core::Sink& sink) {
  step_ = Step::idle;
  sink.done(std::move(result));
}

void Sensor::timed_out(core::Sink& sink) {
  const std::string rest = ear_.flush();
  if (step_ == Step::idle || step_ == Step::measuring) {
    const std::string late = rest.empty() ? line_.flush() : rest;
    const core::Bytes noise = std::exchange(unheard_, {});
    if (late.empty() && !noise.empty()) sink.reject(noise, "no SDI-12 command and no answer in it");
    if (late.empty()) return sink.done(Error(ErrorCode::retry, "no answer"));
    // Without its end an answer may be cut short; only a CRC shows that it is not.
    if (values_in(late, true)) return hear_values(late, sink);
    return sink.reject(core::as_bytes(late), "no end of line");
  }
  if (!rest.empty()) sink.reject(core::as_bytes(rest), "no end of line");
  if (step_ == Step::identity) identity_due_ = false;  // an old sensor may not know it: the next turn measures
  finish(Error(ErrorCode::retry, "no answer to " + std::string(1, settings_.address.value_or('0')) + asked_ + "!"),
         sink);
}

void Sensor::received(const core::WireEvent& event, core::Sink& sink) {
  if (step_ == Step::idle || step_ == Step::measuring) return listen(event, sink);
  ear_.feed(event.bytes);
  while (const auto heard = ear_.next()) {
    if (heard->command) continue;  // an echo
    const bool ours = asked_ == "?" || step_ == Step::command || settings_.hears(heard->text[0]);
    if (ours) answered(heard->text, event, sink);
  }
}

void Sensor::answered(std::string_view line, const core::WireEvent& event, core::Sink& sink) {
  switch (step_) {
    case Step::identity: {
      const auto identity = identity_in(line);
      if (!identity) return sink.reject(core::as_bytes(line), "not an identification");
      identity_due_ = false;
      identified(line, *identity, sink);
      return measure(0, sink);
    }
    case Step::announcement: return announced(line, event, sink);
    case Step::data: return delivered(line, sink);
    case Step::command:
      sink.heard(line.substr(0, 1), identity_in(line).value_or(printable(line)));
      return finish({}, sink);
    case Step::idle:
    case Step::measuring: return;
  }
}

void Sensor::announced(std::string_view line, const core::WireEvent& event, core::Sink& sink) {
  const auto announcement = announcement_in(line);
  if (!announcement) return sink.reject(core::as_bytes(line), "not atttn, when how many values are there");
  if (announcement->count == 0) return measure(measurement_ + 1, sink);
  reading_.announced = announcement->count;
  if (announcement->seconds == 0) return fetch(sink);
  const core::Millis wait = core::Seconds(announcement->seconds) + kSlack;
  ready_ = event.at.boot + wait;
  step_ = Step::measuring;
  sink.wake_in(wait);
  sink.done({});
}

void Sensor::delivered(std::string_view line, core::Sink& sink) {
  const auto values = values_in(line, has_crc(reading_.measurement));
  if (!values) return sink.reject(core::as_bytes(line), values.error().message());
  emit(reading_, *values, sink);
  reading_.got += values->size();
  if (reading_.announced == 0 || reading_.got >= reading_.announced) return measure(measurement_ + 1, sink);
  const unsigned last = reading_.measurement.starts_with('H') ? kLastPageOfMany : kLastPage;
  if (values->empty() || ++reading_.page > last) {
    return finish(
        Error(ErrorCode::bad_input, "measurement " + reading_.measurement + " gave " + std::to_string(reading_.got) +
                                        " of " + std::to_string(reading_.announced) + " values"),
        sink);
  }
  fetch(sink);
}

void Sensor::identified(std::string_view line, std::string_view identity, core::Sink& sink) {
  sink.heard(line.substr(0, 1), identity);
}

void Sensor::listen(const core::WireEvent& event, core::Sink& sink) {
  line_.feed(event.bytes);
  unheard_.insert(unheard_.end(), event.bytes.begin(), event.bytes.end());
  if (unheard_.size() > kMostUnheard) unheard_.erase(unheard_.begin(), unheard_.end() - kMostUnheard);
  while (const auto heard = line_.next()) {
    // An address alone is too little to be found in noise.
    if (heard->noisy && heard->text.size() == 1) continue;
    unheard_.clear();
    if (heard->command) {
      hear_command(heard->text);
    } else if (settings_.hears(heard->text[0])) {
      const bool ready = step_ == Step::measuring && heard->text.size() == 1;
      if (ready) {  // the service request
        ready_ = event.at.boot;
        sink.wake_in(core::Millis(1));
      } else {
        hear_answer(heard->text, sink);
      }
    }
  }
}

void Sensor::hear_command(std::string_view text) {
  heard_command_.reset();
  if (!settings_.hears(text[0]) && text[0] != '?') return;
  const std::string_view body = text.substr(1);
  heard_command_ = body;
  if (body.empty()) return;
  const bool measures = body[0] == 'M' || body[0] == 'C' || body[0] == 'R' || body[0] == 'V' || body[0] == 'H';
  if (measures) heard_ = Reading{std::string(body.substr(0, 3)), 0, 0, 0};
  if (body == "D0") heard_.got = 0;
}

void Sensor::hear_answer(std::string_view line, core::Sink& sink) {
  const char kind = heard_command_ && !heard_command_->empty() ? heard_command_->front() : '\0';
  // Whatever the maker likes, and what an identification of 1.4 says of single measurements and values.
  if (kind == 'X' || (kind == 'I' && heard_command_->size() > 1)) return;
  if (line.size() == 1 && kind != 'D' && kind != 'R') return;
  if (const auto announcement = announcement_in(line); announcement && kind != 'D' && kind != 'R') return;
  if (kind == 'I' || kind == '\0') {
    if (const auto identity = identity_in(line)) return identified(line, *identity, sink);
  }
  hear_values(line, sink);
}

// An answer alone is taken for the first page of the first measurement.
void Sensor::hear_values(std::string_view line, core::Sink& sink) {
  if (heard_.measurement.empty() || !heard_command_) heard_ = Reading{settings_.measurements.front(), 0, 0, 0};
  const auto values = values_in(line, heard_command_ && has_crc(heard_.measurement));
  if (!values) return sink.reject(core::as_bytes(line), values.error().message());
  emit(heard_, *values, sink);
  heard_.got += values->size();
}

void Sensor::emit(const Reading& reading, const std::vector<Number>& values, core::Sink& sink) {
  const std::string slot = slot_of(reading.measurement);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t number = reading.got + i;
    if (settings_.values.empty()) {
      if (declared_.size() >= kMostDeclared) return;
      sink.reading({}, declared(reading.measurement, number, sink), core::Value::number(values[i].times()));
      continue;
    }
    for (std::size_t c = 0; c < settings_.values.size(); ++c) {
      const NamedValue& named = settings_.values[c];
      if (named.value != number || slot_of(settings_.measurements[named.measurement]) != slot) continue;
      const double value = values[i].times(named.scale) + named.offset;
      const bool truth = named.channel.quantity == core::Quantity::boolean;
      sink.reading({}, static_cast<core::Channel>(c),
                   truth ? core::Value::boolean(value != 0.0) : core::Value::number(value));
    }
  }
}

// value1 of the first measurement, m1_value1 of a further one.
core::Channel Sensor::declared(const std::string& measurement, std::size_t value, core::Sink& sink) {
  std::string name = "value" + std::to_string(value + 1);
  if (const std::string slot = slot_of(measurement); slot != slot_of(settings_.measurements.front())) {
    name.insert(0, slot.empty() ? "m_" : slot);
  }
  const auto known = std::find(declared_.begin(), declared_.end(), name);
  if (known != declared_.end())
    return static_cast<core::Channel>(channels_.size() + static_cast<std::size_t>(known - declared_.begin()));
  declared_.push_back(name);
  return sink.declare({}, {name, core::Quantity::none});
}

}  // namespace afferent::drivers::sdi12
