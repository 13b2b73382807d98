// What a LoRaWAN network server publishes about a device: ChirpStack v4 events and TTN v3 messages, as one form. Value
// types, pure functions.
// Source: ChirpStack 4 "integrations, events" and The Things Stack 3 "data formats".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "drivers/common/json_reader.h"

namespace afferent::drivers::lorawan {

enum class Server : std::uint8_t { chirpstack, ttn };

// Where a message came from, by its topic.
struct Topic {
  enum class Event : std::uint8_t { up, join, ack, txack, status, log, other };
  Server server = Server::chirpstack;
  Event event = Event::other;
  bool acknowledged = true;  // ttn ack: false for down/nack and down/failed
  std::string application;   // ttn: with the tenant, as it stands in the topic
  std::string device;        // chirpstack: devEui in lower case; ttn: the device's id
};

// `application/A/device/E/event/up`, `v3/A@T/devices/D/up`, ...; nothing for any other topic.
std::optional<Topic> read_topic(std::string_view topic);
// For a message whose topic nobody kept.
Topic guess_topic(const Json& json);

struct Radio {
  double rssi = 0.0;  // dBm
  double snr = 0.0;   // dB
};

struct Uplink {
  std::string dev_eui;  // 16 hexadecimal digits, lower case
  std::string name;     // for people
  std::string id;       // of this uplink, the same for each copy; empty: unknown
  std::string dev_addr;
  std::uint32_t fcnt = 0;
  std::uint8_t fport = 0;
  core::Bytes payload;
  const Json* object = nullptr;  // what the server decoded; within the JSON that was read
  std::optional<core::Micros> time;
  std::optional<Radio> radio;  // of the gateway that heard it best
};

// Error{bad_input} says what is missing or wrong.
core::Result<Uplink> read_uplink(const Topic& topic, const Json& json);

std::string dev_eui_of(const Topic& topic, const Json& json);  // empty: it says none
bool is_dev_eui(std::string_view text);                        // 16 hexadecimal digits
std::string lower(std::string_view text);

// "2024-01-21T23:09:18.655164839+00:00"; nothing for what is no time or lies before 2000.
std::optional<core::Micros> read_time(std::string_view text);

}  // namespace afferent::drivers::lorawan
