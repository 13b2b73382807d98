// Security of the transport layer: modes 0, 5, 7 and 10 (EN 13757-7, 7.6; OMS volume 2, 9, profiles A, B and D).
// Loop-bound.
#pragma once

#include <string>

#include "agent/core/bytes.h"
#include "drivers/common/mbus_header.h"
#include "drivers/wmbus/crypto.h"
#include "drivers/wmbus/fragments.h"

namespace afferent::drivers::wmbus {

struct Sealed {
  core::ByteView transport;  // from its CI field: what a MAC signs
  core::ByteView body;       // behind the header
  mbus::Header header;
  mbus::Identity meter;              // the header's, else the link layer's
  const Fragment* fields = nullptr;  // of an authentication layer
};

class Opener {
 public:
  // False with `why` when there is no readable text: wrong key, no key, an unsupported mode. `plain` is borrowed from
  // `sealed` or valid until the next call. `cipher` is null where there is no key.
  bool open(const Sealed& sealed, Cipher* cipher, core::ByteView& plain, std::string& why);

 private:
  bool open_mode_5(const Sealed& sealed, Cipher* cipher, core::ByteView& plain, std::string& why);
  bool open_mode_7(const Sealed& sealed, Cipher* cipher, core::ByteView& plain, std::string& why);
  bool open_mode_10(const Sealed& sealed, Cipher* cipher, core::ByteView& plain, std::string& why);
  bool derive(std::uint8_t purpose, std::uint32_t counter, const Sealed& sealed, const Cipher& cipher, Key& out);

  Cmac cmac_;
  core::Bytes plain_;
};

}  // namespace afferent::drivers::wmbus
