#include "agent/uplink/reason_codes.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace afferent::uplink {
namespace {

using Meaning = std::pair<int, std::string_view>;

constexpr std::array kMqtt5{
    Meaning{128, "unspecified error"},
    Meaning{129, "malformed packet"},
    Meaning{130, "protocol error"},
    Meaning{131, "implementation specific error"},
    Meaning{132, "unsupported protocol version"},
    Meaning{133, "client id not valid"},
    Meaning{134, "bad user name or password"},
    Meaning{135, "not authorized"},
    Meaning{136, "server unavailable"},
    Meaning{137, "server busy"},
    Meaning{138, "banned"},
    Meaning{139, "server shutting down"},
    Meaning{140, "bad authentication method"},
    Meaning{141, "keep alive time-out"},
    Meaning{142, "session taken over by another client of the same id"},
    Meaning{143, "topic filter invalid"},
    Meaning{144, "topic name invalid"},
    Meaning{145, "packet identifier in use"},
    Meaning{146, "packet identifier not found"},
    Meaning{147, "receive maximum exceeded"},
    Meaning{148, "topic alias invalid"},
    Meaning{149, "packet too large"},
    Meaning{150, "message rate too high"},
    Meaning{151, "quota exceeded"},
    Meaning{152, "administrative action"},
    Meaning{153, "payload format invalid"},
    Meaning{154, "retain not supported"},
    Meaning{155, "QoS not supported"},
    Meaning{156, "use another server"},
    Meaning{157, "server moved"},
    Meaning{158, "shared subscriptions not supported"},
    Meaning{159, "connection rate exceeded"},
    Meaning{160, "maximum connect time"},
    Meaning{161, "subscription identifiers not supported"},
    Meaning{162, "wildcard subscriptions not supported"},
};

constexpr std::array kConnack3{
    Meaning{1, "unacceptable protocol version"}, Meaning{2, "client id rejected"}, Meaning{3, "server unavailable"},
    Meaning{4, "bad user name or password"},     Meaning{5, "not authorized"},
};

template <class Table>
std::string look_up(const Table& table, int code) {
  const auto found = std::find_if(table.begin(), table.end(), [code](const Meaning& row) { return row.first == code; });
  const std::string_view text = found == table.end() ? std::string_view("unknown reason") : found->second;
  return std::string(text) + " (" + std::to_string(code) + ")";
}

}  // namespace

std::string describe_reason(int code) { return look_up(kMqtt5, code); }
std::string describe_connack3(int code) { return look_up(kConnack3, code); }
bool is_credentials_reason(int code) { return code == 134 || code == 135 || code == 138 || code == 140; }

}  // namespace afferent::uplink
