#include "tools/simulator/models.h"

#include <algorithm>
#include <array>

#include "drivers/cjt188/simulated.h"
#include "drivers/modbus/simulated.h"

namespace afferent::simulator {
namespace {

constexpr std::array kModels{
    Model{"cjt188", drivers::cjt188::simulate, 2, 0xFE},
    Model{"modbus", drivers::modbus::simulate, 1, -1},
};

}  // namespace

std::span<const Model> models() { return kModels; }

const Model* find_model(std::string_view driver) {
  const auto* found =
      std::find_if(kModels.begin(), kModels.end(), [driver](const Model& model) { return model.driver == driver; });
  return found == kModels.end() ? nullptr : found;
}

}  // namespace afferent::simulator
