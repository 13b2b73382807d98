// Dongles that speak in lines of text: culfw (CUL, nanoCUL) and the receiver rtl_wmbus. Loop-bound.
#pragma once

#include <string>

#include "drivers/wmbus/source.h"

namespace afferent::drivers::wmbus {

// Collects lines; one that is longer than any telegram is dropped.
class LineSource : public Source {
 public:
  void feed(core::ByteView bytes, Catcher& catcher) final;
  void flush(Catcher& catcher) final;
  bool holds() const final { return !line_.empty(); }

 protected:
  virtual void line(std::string_view text, Catcher& catcher) = 0;

 private:
  static constexpr std::size_t kLongestLine = 2048;

  void end_line(Catcher& catcher);

  std::string line_;
  bool too_long_ = false;
};

// `b<frame with checksums><LQI><RSSI>` in format A; `bY` begins format B.
class CulSource final : public LineSource {
 private:
  void line(std::string_view text, Catcher& catcher) override;
  void frame(core::ByteView bytes, bool format_b, Catcher& catcher);

  core::Bytes stripped_;
};

// `MODE;CRC_OK;3OF6_OK;TIMESTAMP;PKT_RSSI;CUR_RSSI;ID;0xFRAME`, the frame without checksums. The two RSSI fields are
// amplitudes of the receiver, not dBm.
class RtlWmbusSource final : public LineSource {
 private:
  void line(std::string_view text, Catcher& catcher) override;
};

}  // namespace afferent::drivers::wmbus
