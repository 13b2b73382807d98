#include "tools/simulator/request_splitter.h"

#include <utility>

namespace afferent::simulator {
namespace {

// Modbus Messaging on TCP/IP, section 3.1: transaction, protocol 0, length of what follows, unit.
constexpr std::size_t kHeader = 6;
constexpr std::size_t kLongest = 254;

}  // namespace

std::vector<core::Bytes> RequestSplitter::feed(core::ByteView bytes) {
  std::vector<core::Bytes> requests;
  if (lost_) return requests;
  if (!modbus_tcp_ && buffer_.size() + bytes.size() > kMost) buffer_.clear();
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  if (!modbus_tcp_) {
    if (buffer_.size() > kMost) buffer_.clear();
    return requests;
  }
  std::size_t done = 0;
  while (buffer_.size() - done >= kHeader) {
    const std::uint8_t* head = buffer_.data() + done;
    const std::size_t length = static_cast<std::size_t>(head[4]) << 8 | head[5];
    lost_ = head[2] != 0 || head[3] != 0 || length < 2 || length > kLongest;
    if (lost_ || buffer_.size() - done < kHeader + length) break;
    requests.emplace_back(head, head + kHeader + length);
    done += kHeader + length;
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(done));
  return requests;
}

core::Bytes RequestSplitter::pause() { return modbus_tcp_ ? core::Bytes() : std::exchange(buffer_, {}); }

}  // namespace afferent::simulator
