// Frames one after the other with nothing around them: with checksums in format A or B, or without. Loop-bound.
#pragma once

#include "drivers/wmbus/scanner.h"

namespace afferent::drivers::wmbus {

class RawSource : public Scanner {
 public:
  explicit RawSource(bool rssi_byte) : rssi_byte_(rssi_byte) {}

 protected:
  Verdict probe(core::ByteView bytes, bool last, Catcher& catcher) override;

 private:
  Verdict format_a(core::ByteView bytes, Catcher& catcher);
  Verdict format_b(core::ByteView frame, Catcher& catcher);
  Verdict unchecked(core::ByteView bytes, std::size_t size, Catcher& catcher);

  const bool rssi_byte_;
  core::Bytes stripped_;
};

// The same as the radio has it in mode T: format A in the 3-out-of-6 code, whole bytes.
class CodedSource final : public Scanner {
 protected:
  Verdict probe(core::ByteView bytes, bool last, Catcher& catcher) override;

 private:
  core::Bytes stripped_;
};

}  // namespace afferent::drivers::wmbus
