// What decodes is complete, whatever the bits.
#include <cstdlib>

#include "drivers/common/epc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto epc = afferent::drivers::epc::decode({data, size});
  if (epc && epc->gs1_key().size() < 8) std::abort();
  if (epc && epc->scheme != "sgtin+" && epc->tag_uri.size() <= epc->pure_identity.size()) std::abort();
  return 0;
}
