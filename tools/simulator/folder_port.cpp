#include "tools/simulator/folder_port.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "drivers/common/named_text.h"

namespace afferent::simulator {
namespace {

using core::Error;
using core::ErrorCode;

std::string first_line(const std::string& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

}  // namespace

core::Result<std::unique_ptr<FolderPort>> FolderPort::make(io::Loop& loop, const std::string& path,
                                                           const std::string& name) {
  if (::mkdir(path.c_str(), 0755) != 0) {
    if (errno != EEXIST) return Error(ErrorCode::retry, "folder " + path + ": " + std::strerror(errno));
    if (first_line(path + "/name") != name) {
      return Error(ErrorCode::bad_config, "folder " + path + ": something else is there");
    }
  }
  std::unique_ptr<FolderPort> port(new FolderPort(loop, path));
  if (auto written = port->replace("name", name); !written) return std::move(written).error();
  return port;
}

FolderPort::~FolderPort() {
  for (const std::string& file : written_) ::unlink((path_ + "/" + file).c_str());
  ::rmdir(path_.c_str());
}

core::Result<void> FolderPort::replace(const std::string& file, std::string_view text) {
  const std::string fresh = path_ + "/." + file;
  std::ofstream stream(fresh, std::ios::trunc);
  stream << text << "\n";
  stream.close();
  written_.insert(file);
  if (stream && std::rename(fresh.c_str(), (path_ + "/" + file).c_str()) == 0) return {};
  return Error(ErrorCode::retry, "write " + path_ + "/" + file + ": " + std::strerror(errno));
}

core::Result<void> FolderPort::write(std::uint32_t /*peer*/, core::ByteView bytes) {
  std::string_view rest = core::as_text(bytes);
  while (!rest.empty()) {
    const auto named = drivers::named_text(drivers::next_line(rest));
    if (!named) continue;
    if (auto written = replace(std::string(named->name), named->value); !written) return written;
  }
  return {};
}

}  // namespace afferent::simulator
