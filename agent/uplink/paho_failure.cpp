#include "agent/uplink/paho_failure.h"

#include "agent/uplink/reason_codes.h"

namespace afferent::uplink {
namespace {

constexpr int kConnack3BadVersion = 1;

bool says(const ConnectFailure& failure, const char* text) { return failure.message.find(text) != std::string::npos; }

// The broker's answer to CONNECT: Paho puts it here or there. 0: it did not answer.
int answer_of(const ConnectFailure& failure) {
  if (failure.reason_code >= kFirstRefusal) return failure.reason_code;
  return failure.return_code > 0 && says(failure, "CONNACK") ? failure.return_code : 0;
}

// Paho's words for a connection that came to nothing before MQTT began. It gives no errno.
bool never_connected(const ConnectFailure& failure) {
  return says(failure, "TCP/TLS connect failure") || says(failure, "TCP connect timeout");
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string describe_answer(int code, const std::string& broker) {
  const bool five = code >= kFirstRefusal;
  const bool credentials = five ? is_credentials_reason(code) : code == 4 || code == 5;
  return "broker " + broker + (credentials ? " refused the credentials: " : " refused the connection: ") +
         (five ? describe_reason(code) : describe_connack3(code));
}

}  // namespace

std::string PahoOptions::broker() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

OlderVersion older_version(const ConnectFailure& failure) {
  if (failure.version != 5) return OlderVersion::useless;
  const int answer = answer_of(failure);
  if (answer == kUnsupportedVersion || answer == kConnack3BadVersion) return OlderVersion::asked_for;
  if (answer != 0) return OlderVersion::useless;
  return never_connected(failure) ? OlderVersion::useless : OlderVersion::worth_a_try;
}

std::string describe(const ConnectFailure& failure, const PahoOptions& options) {
  const std::string broker = options.broker();
  if (const int answer = answer_of(failure); answer != 0) return describe_answer(answer, broker);
  if (!failure.tls_errors.empty()) return "TLS: broker " + broker + ": " + first_line(failure.tls_errors);
  if (says(failure, "timeout")) {
    return "cannot reach broker " + broker + ": no answer within " + std::to_string(options.connect_timeout.count()) +
           " s";
  }
  if (never_connected(failure)) {
    return "cannot reach broker " + broker + (options.tls ? " with TLS" : "") +
           ": nothing listens there, the network is down, the name is unknown" +
           (options.tls ? ", or its certificate is not for " + options.host : "");
  }
  const std::string words = failure.message.empty() ? std::string() : " (" + failure.message + ")";
  return "broker " + broker + " closed the connection without an answer, or its name is unknown" + words;
}

}  // namespace afferent::uplink
