#include "tools/cli/topic_filter.h"

namespace afferent::cli {
namespace {

constexpr std::size_t kLongest = 65535;

std::string_view level_mistake(std::string_view level, bool last) {
  const bool many = level.find('#') != level.npos;
  if (many && level.size() > 1) return "# stands for whole levels, alone behind a /";
  if (many && !last) return "# must be the last level";
  if (level.find('+') != level.npos && level.size() > 1) return "+ stands for a whole level, alone between two /";
  return {};
}

}  // namespace

std::string_view filter_mistake(std::string_view filter) {
  if (filter.empty()) return "is empty; # is everything";
  if (filter.size() > kLongest) return "is longer than 65535 bytes";
  if (filter.find('\0') != filter.npos) return "holds a zero character";
  while (true) {
    const std::size_t slash = filter.find('/');
    const bool last = slash == filter.npos;
    if (const auto mistake = level_mistake(filter.substr(0, slash), last); !mistake.empty() || last) return mistake;
    filter.remove_prefix(slash + 1);
  }
}

}  // namespace afferent::cli
