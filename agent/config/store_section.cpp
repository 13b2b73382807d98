// [store] and [telemetry]: what is kept, and how readings are packed.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "agent/config/files.h"
#include "agent/config/loading.h"
#include "agent/config/sizes.h"
#include "agent/config/units.h"

namespace afferent::config {
namespace {

using core::ConfigNode;

constexpr SizeRange kQuota{std::uint64_t{64} << 10, std::uint64_t{1} << 40};
constexpr std::uint64_t kReserve = 8u << 20;

// What cannot be the store wherever this is checked; a folder that is not there yet may be made later.
void check_path(Loading& loading, const ConfigNode& node, const std::string& path) {
  struct stat status{};
  if (path.empty()) return;
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOTDIR) {
      loading.problem(node, "store.path", in_quotes(path) + " is below something that is no folder");
    } else if (path.back() == '/') {
      loading.problem(node, "store.path", in_quotes(path) + " names a folder; expected the path of a file in it");
    }
    return;
  }
  if (S_ISREG(status.st_mode)) return;
  loading.problem(node, "store.path",
                  in_quotes(path) + (S_ISDIR(status.st_mode) ? " is a folder; expected the path of a file in it"
                                                             : " is no regular file; the store is one"));
}

}  // namespace

void read_store(Loading& loading, const ConfigNode& root) {
  ConfigNode section = section_table(root, "store");
  section = with(section, "quota", size_as_text(section["quota"]));
  section = with(section, "reserve", size_as_text(section["reserve"]));
  const ConfigNode table = checked(loading, section, store_fields(), "store");

  StoreConfig& store = loading.config.store;
  store.path = resolved(std::string(table["path"].text()), table["path"].source().file);
  store.path_from = table["path"].source();
  check_path(loading, table["path"], store.path);
  store.quota = read_size(loading, table["quota"], "store.quota", kQuota).value_or(store.quota);
  // The whole quota as a reserve would leave no room for telemetry.
  const SizeRange reserve{0, store.quota / 2};
  store.reserve =
      read_size(loading, table["reserve"], "store.reserve", reserve).value_or(std::min(kReserve, store.quota / 8));
  store.flush = to_millis(table["flush"].real());
}

void read_telemetry(Loading& loading, const ConfigNode& root) {
  const ConfigNode table = checked(loading, section_table(root, "telemetry"), telemetry_fields(), "telemetry");
  loading.config.telemetry.batch = to_millis(table["batch"].real(5));
}

}  // namespace afferent::config
