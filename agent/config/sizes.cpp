#include "agent/config/sizes.h"

#include "agent/config/units.h"

namespace afferent::config {

using core::ConfigNode;

ConfigNode size_as_text(const ConfigNode& node) {
  const auto* bytes = std::get_if<std::int64_t>(&node.data());
  return bytes == nullptr ? node : ConfigNode(std::to_string(*bytes), node.source());
}

std::optional<std::uint64_t> read_size(Loading& loading, const ConfigNode& node, const std::string& key,
                                       const SizeRange& range) {
  if (node.empty()) return std::nullopt;
  const std::optional<std::uint64_t> bytes = parse_size(node.text());
  const std::string allowed = "; allowed: " + size_text(range.least) + " to " + size_text(range.most);
  if (!bytes) {
    loading.problem(node, key,
                    "expected a size such as \"64 kB\", \"256 MB\" or \"2 GB\", or a number of bytes, found " +
                        shown(node) + allowed);
    return std::nullopt;
  }
  if (*bytes < range.least || *bytes > range.most) {
    loading.problem(node, key, shown(node) + " is out of range" + allowed);
    return std::nullopt;
  }
  return bytes;
}

}  // namespace afferent::config
