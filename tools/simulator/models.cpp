#include "tools/simulator/models.h"

#include <algorithm>
#include <array>

#include "drivers/cjt188/simulated.h"
#include "drivers/llrp/simulated.h"
#include "drivers/mbus/simulated.h"
#include "drivers/modbus/simulated.h"
#include "drivers/sdi12/simulated.h"
#include "drivers/sl651/simulated.h"
#include "drivers/wmbus/simulated.h"

namespace afferent::simulator {
namespace {

constexpr std::array kModels{
    Model{"cjt188", drivers::cjt188::simulate, 2, 0xFE}, Model{"llrp", drivers::llrp::simulate, 1, -1},
    Model{"mbus", drivers::mbus::simulate, 2, -1},       Model{"modbus", drivers::modbus::simulate, 1, -1},
    Model{"sdi12", drivers::sdi12::simulate, 3, -1},     Model{"sl651", drivers::sl651::simulate, 1, -1},
    Model{"wmbus", drivers::wmbus::simulate, 1, -1},
};

}  // namespace

std::span<const Model> models() { return kModels; }

const Model* find_model(std::string_view driver) {
  const auto* found =
      std::find_if(kModels.begin(), kModels.end(), [driver](const Model& model) { return model.driver == driver; });
  return found == kModels.end() ? nullptr : found;
}

}  // namespace afferent::simulator
