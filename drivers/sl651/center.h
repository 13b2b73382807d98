// The centre's side of SL 651: hears many stations over many connections, confirms what they report, keeps them apart.
// Loop-bound.
//
// Stations are known by their address, not by their connection: they hang up and call again, and a relay sends for
// several over one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/sl651/assembly.h"
#include "drivers/sl651/body.h"
#include "drivers/sl651/frame.h"
#include "drivers/sl651/options.h"

namespace afferent::drivers::sl651 {

class Center final : public core::Driver {
 public:
  // `stations` by DeviceRef; none, or one without an address, stands for any station (decoding).
  explicit Center(std::vector<Settings> stations);

  std::span<const core::ChannelSpec> channels(core::DeviceRef device) const override;
  void on(const core::WireEvent& event, core::Sink& sink) override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;

 private:
  struct Station {
    core::DeviceRef device{};
    Settings settings;
    std::map<std::string, core::Channel, std::less<>> channels;  // declared; bounded by the table and kMostOwn
    std::optional<Frame> last;                                   // its last frame, without the body: how to address it
    std::optional<std::uint32_t> peer;                           // where that came from, while it is connected
    core::Bytes last_report;                                     // to know a repetition
    core::Nanos last_report_at{};                                // boot time
  };
  struct Question {  // an operator's, until it is answered
    core::DeviceRef device{};
    std::uint8_t function = 0;
  };

  void received(const core::WireEvent& event, core::Sink& sink);
  void accept(const Frame& frame, core::ByteView raw, const core::WireEvent& event, core::Sink& sink);
  void packet(Station& station, const Frame& frame, core::ByteView raw, const core::WireEvent& event, core::Sink& sink);
  Assembly* assembly_of(std::uint32_t peer, const std::string& address);
  void name(std::string_view address, const std::string& what, core::Sink& sink);
  void report(Station* station, const Frame& frame, core::ByteView raw, const core::WireEvent& event, core::Sink& sink);
  bool publish(const Body& body, core::Sink& sink);
  bool is_repetition(const Station& station, core::ByteView raw, const core::WireEvent& event) const;
  void confirm(Station& station, const Frame& frame, const Body& body, const core::WireEvent& event, core::Sink& sink);
  void send(Frame frame, std::uint16_t serial, core::Micros time, Minutes zone, std::uint32_t peer, core::Sink& sink);
  void ask(const core::WireEvent& event, core::Sink& sink);
  void answered(const Station& station, const Frame& frame, core::Sink& sink);
  void timed_out(core::Sink& sink);
  void closed(std::uint32_t peer, core::Sink& sink);

  Station* find(std::string_view address);
  void unknown(std::string_view address, std::string_view what, core::Sink& sink);
  std::optional<core::Channel> channel(Station& station, const core::ChannelSpec& wanted, core::Sink& sink);
  core::Result<Frame> order(const core::DeviceCommand& command, const Station& station) const;

  std::vector<Station> stations_;                          // by DeviceRef, fixed
  std::unordered_map<std::string, std::size_t> places_;    // by address
  bool any_ = false;                                       // the first of stations_ stands for all
  std::string any_address_;                                // who that is at the moment
  std::unordered_map<std::uint32_t, Receiver> receivers_;  // by peer; bounded
  // Of reports in packets, by connection and station: what two send at once is never mixed. Bounded.
  std::map<std::pair<std::uint32_t, std::string>, Assembly> assemblies_;
  std::deque<std::string> heard_;  // who is not configured, the last kMostHeard
  std::optional<Question> question_;
  std::optional<Frame> order_;  // to be sent at the next wake, which knows the time
  bool sent_ = false;           // something is on its way, to which a time-out belongs
};

}  // namespace afferent::drivers::sl651
