#include "tools/simulator/models.h"

#include <algorithm>
#include <array>

#include "drivers/cjt188/simulated.h"
#include "drivers/gpio/simulated.h"
#include "drivers/iio/simulated.h"
#include "drivers/llrp/simulated.h"
#include "drivers/lorawan/simulated.h"
#include "drivers/mbus/simulated.h"
#include "drivers/modbus/simulated.h"
#include "drivers/sdi12/simulated.h"
#include "drivers/sl651/simulated.h"
#include "drivers/wmbus/simulated.h"

namespace afferent::simulator {
namespace {

constexpr std::array kModels{
    Model{"cjt188", drivers::cjt188::simulate, Wire::bytes, Speaks::when_asked, 2, 0xFE},
    Model{"gpio", drivers::gpio::simulate, Wire::gpio, Speaks::only_unasked},
    Model{"iio", drivers::iio::simulate, Wire::iio, Speaks::only_unasked},
    Model{"llrp", drivers::llrp::simulate, Wire::bytes, Speaks::also_unasked},
    Model{"lorawan", drivers::lorawan::simulate, Wire::mqtt, Speaks::only_unasked},
    Model{"mbus", drivers::mbus::simulate, Wire::bytes, Speaks::when_asked, 2},
    Model{"modbus", drivers::modbus::simulate},
    Model{"sdi12", drivers::sdi12::simulate, Wire::bytes, Speaks::when_asked, 3},
    Model{"sl651", drivers::sl651::simulate, Wire::bytes, Speaks::also_unasked},
    Model{"wmbus", drivers::wmbus::simulate, Wire::bytes, Speaks::also_unasked},
};

}  // namespace

std::string_view name_of(Wire wire) {
  switch (wire) {
    case Wire::bytes: return "a line of bytes (\"pty\" or \"tcp\")";
    case Wire::modbus_tcp: return "a line of Modbus TCP";
    case Wire::mqtt: return "a line of kind = \"mqtt\"";
    case Wire::gpio: return "a line of kind = \"gpio\"";
    case Wire::iio: return "a line of kind = \"iio\"";
  }
  return "";
}

std::span<const Model> models() { return kModels; }

const Model* find_model(std::string_view driver) {
  const auto* found =
      std::find_if(kModels.begin(), kModels.end(), [driver](const Model& model) { return model.driver == driver; });
  return found == kModels.end() ? nullptr : found;
}

}  // namespace afferent::simulator
