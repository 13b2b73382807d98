// What the numbers in an MQTT answer mean, for a person. Pure functions.
// Source: OASIS MQTT 5.0 section 2.4 and MQTT 3.1.1 section 3.2.2.3.
#pragma once

#include <string>

namespace afferent::uplink {

inline constexpr int kFirstRefusal = 0x80;  // MQTT 5: from here on an answer is a refusal
inline constexpr int kUnsupportedVersion = 132;
inline constexpr int kPacketTooLarge = 149;
inline constexpr int kPayloadInvalid = 153;

std::string describe_reason(int code);    // MQTT 5: "not authorized (135)"
std::string describe_connack3(int code);  // MQTT 3.1.1 CONNACK: "not authorized (5)"
bool is_credentials_reason(int code);     // MQTT 5: bad user name or password, not authorized, banned, bad method

}  // namespace afferent::uplink
