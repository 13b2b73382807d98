// Any bytes as the files of cameras and of registered cylinders: read, or refused with places, never worse.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "agent/config/cameras.h"
#include "agent/core/utf8.h"
#include "agent/rules/inventory.h"

namespace {

using namespace afferent;

void read_inventory(std::string_view text) {
  const rules::Inventory::Read read = rules::Inventory::parse(text);
  if (read.faults.size() > 21) std::abort();
  for (const rules::Inventory::Fault& fault : read.faults) {
    if (fault.line == 0 || fault.what.empty()) std::abort();
  }
  const rules::Cylinder* cylinder = read.inventory->find("33AA");
  if (cylinder == nullptr) return;
  if (!core::is_utf8(cylinder->number) || !core::is_utf8(cylinder->owner)) std::abort();
  (void)cylinder->inspection_due();
  (void)cylinder->end_of_life();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  read_inventory(*text);
  static const config::Catalog kNothing{};
  config::Loading loading{kNothing, {}, false, {}, {}, {}, {}, false};
  const core::ConfigNode contents(core::Contents{text}, {"afferent.toml", 3});
  const core::ConfigNode written(std::string("cameras.csv"), {"afferent.toml", 3});
  for (const config::Camera& camera : config::read_cameras(loading, contents, written)) {
    if (!core::is_utf8(camera.id) || !(camera.latitude >= -90 && camera.latitude <= 90)) std::abort();
  }
  for (const config::Problem& problem : loading.problems) {
    if (problem.source.line == 0) std::abort();
  }
  return 0;
}
