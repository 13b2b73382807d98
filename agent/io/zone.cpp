#include "agent/io/zone.h"

#include <fstream>
#include <iterator>

namespace afferent::io {
namespace {

constexpr std::size_t kLargest = 1u << 20;  // bytes; real files have at most a few thousand

core::Result<core::Bytes> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  core::Bytes bytes;
  for (std::istreambuf_iterator<char> at(file), end; at != end && bytes.size() <= kLargest; ++at) {
    bytes.push_back(static_cast<std::uint8_t>(*at));
  }
  if (!file.is_open() || bytes.empty()) return core::Error(core::ErrorCode::bad_config, path + " cannot be read");
  return bytes;
}

}  // namespace

core::Result<core::Zone> read_zone(const std::string& name) {
  if (name.empty() || name == "UTC") return core::Zone();
  if (name.front() == '/' || name.find("..") != std::string::npos) {
    return core::Error(core::ErrorCode::bad_config, "time zone '" + name + "' is not an IANA name");
  }
  const std::string path = "/usr/share/zoneinfo/" + name;
  auto bytes = read(path);
  if (!bytes) return std::move(bytes).error().in("time zone '" + name + "'");
  auto zone = core::Zone::parse(*bytes);
  if (!zone) return core::Error(core::ErrorCode::bad_config, path + ' ' + zone.error().message());
  return zone;
}

}  // namespace afferent::io
