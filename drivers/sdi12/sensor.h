// The SDI-12 recorder's side: asks one sensor, leaves the line to others while it measures, fetches the values.
// Loop-bound.
//
// What nobody here has asked for is understood too: a command that is overheard says what the answer behind it means.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/sdi12/answer.h"
#include "drivers/sdi12/ear.h"
#include "drivers/sdi12/options.h"

namespace afferent::drivers::sdi12 {

class Sensor final : public core::Driver {
 public:
  explicit Sensor(Settings settings);

  std::span<const core::ChannelSpec> channels(core::DeviceRef device) const override;
  void on(const core::WireEvent& event, core::Sink& sink) override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;

 private:
  enum class Step : std::uint8_t {
    idle,
    identity,      // aI!
    announcement,  // aM!, aC!: when how many values are there
    measuring,     // the line is free; aD0! when they are there
    data,          // aD0!.. or aR0!
    command,       // an operator's
  };
  struct Reading {  // of values that come in several answers
    std::string measurement;
    std::size_t announced = 0;  // 0: not known
    std::size_t got = 0;
    unsigned page = 0;
  };

  void begin_turn(const core::WireEvent& event, core::Sink& sink);
  void measure(std::size_t number, core::Sink& sink);
  void fetch(core::Sink& sink);
  void ask(Step step, std::string_view body, core::Sink& sink);
  void timed_out(core::Sink& sink);
  void finish(core::Result<void> result, core::Sink& sink);
  void forget();

  void received(const core::WireEvent& event, core::Sink& sink);
  void answered(std::string_view line, const core::WireEvent& event, core::Sink& sink);
  void announced(std::string_view line, const core::WireEvent& event, core::Sink& sink);
  void delivered(std::string_view line, core::Sink& sink);

  void listen(const core::WireEvent& event, core::Sink& sink);
  void hear_command(std::string_view text);
  void hear_answer(std::string_view line, core::Sink& sink);
  void hear_values(std::string_view line, core::Sink& sink);
  void identified(std::string_view line, std::string_view identity, core::Sink& sink);

  void emit(const Reading& reading, const std::vector<Number>& values, core::Sink& sink);
  core::Channel declared(const std::string& measurement, std::size_t value, core::Sink& sink);

  const Settings settings_;
  std::vector<core::ChannelSpec> channels_;  // fixed
  std::vector<std::string> declared_;        // continue the numbers of channels_; bounded
  Ear ear_;                                  // of our own turn
  Ear line_;                                 // of everybody else's
  core::Bytes unheard_;                      // what came since something of line_ was understood; the last of it
  Step step_ = Step::idle;
  std::string asked_;            // body of the last own command: "M1"
  std::size_t measurement_ = 0;  // index of the one that runs
  Reading reading_;
  core::Nanos ready_{};  // boot time when the values are there
  bool identity_due_ = true;
  std::optional<std::string> heard_command_;  // body of the last overheard command to this sensor
  Reading heard_;
};

}  // namespace afferent::drivers::sdi12
