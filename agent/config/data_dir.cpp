#include "agent/config/data_dir.h"

#include <filesystem>
#include <system_error>

namespace afferent::config {

std::string data_dir() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const std::filesystem::path beside = program.parent_path().parent_path() / "share" / "afferent";
    if (std::filesystem::is_directory(beside, error)) return beside.string();
  }
  return "/usr/share/afferent";
}

}  // namespace afferent::config
