#include "agent/core/first_line.h"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace afferent::core {
namespace {

Error wrong(const std::string& path, const std::string& why) { return {ErrorCode::bad_config, path + ": " + why}; }

Error unreadable(const std::string& path, int number) {
  return wrong(path, "cannot be read: " + std::generic_category().message(number));
}

}  // namespace

Result<std::string> first_line(const std::string& path, std::size_t most) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path, errno);
  std::string line;
  for (char next{}; line.size() <= most && file.get(next) && next != '\n';) line += next;
  if (file.bad()) return unreadable(path, errno);  // a folder, for one, can be opened
  while (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.empty()) return wrong(path, "its first line is empty");
  if (line.size() > most) return wrong(path, "its first line is longer than " + std::to_string(most) + " bytes");
  return line;
}

}  // namespace afferent::core
