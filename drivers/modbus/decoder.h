// Register contents to readings. Loop-bound. Does not allocate per reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/modbus/plan.h"

namespace afferent::drivers::modbus {

class Decoder {
 public:
  explicit Decoder(Profile profile);

  const Profile& profile() const { return profile_; }
  const std::vector<Block>& blocks() const { return blocks_; }

  // The contents of one of the blocks; `data` has block.bytes() bytes.
  void decode(const Block& block, core::ByteView data, core::Sink& sink);

  // Any range that somebody read: the channels that lie within it. `data` holds `count` registers or coils.
  void decode_range(std::uint8_t function, unsigned start, unsigned count, core::ByteView data, core::Sink& sink);

  // The block could not be read: what its code registers said is not relied on any more.
  void failed(const Block& block);

 private:
  struct Source {  // where the registers of a range lie
    core::ByteView data;
    unsigned start = 0;
    const std::uint8_t* at(unsigned address) const { return data.data() + std::size_t{2} * (address - start); }
  };

  void learn_code(std::size_t index, const Source& source);
  void special(const Field& field, const Source& source, core::Sink& sink);
  void number(const Field& field, double raw, core::Sink& sink);
  void whole(const Field& field, std::uint64_t bits, const Source& source, core::Sink& sink);
  void coil(const Field& field, const Source& source, core::Sink& sink);
  void text(const Field& field, const Source& source, core::Sink& sink);
  void distance(const Field& field, double value, core::Sink& sink);
  bool find_scale(const Field& field, Fraction& scale, core::Sink& sink);
  void refuse(const Field& field, const std::string& why, core::Sink& sink);

  Profile profile_;
  std::vector<Block> blocks_;
  std::vector<std::optional<std::uint64_t>> codes_;  // what the code registers said last
  std::string text_;
  Source current_;  // what is being decoded
};

}  // namespace afferent::drivers::modbus
