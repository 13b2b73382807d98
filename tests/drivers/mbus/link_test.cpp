// Frames in any chunking and behind anything.
#include "drivers/mbus/link.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/drivers/mbus/meter.h"

namespace afferent::test::mbus {
namespace {

using drivers::mbus::Frame;
using drivers::mbus::Receiver;

// "ack", "fixed 7B 05", "variable 08 05 72..", "refused: why"; chunks of `chunk` bytes.
std::vector<std::string> frames_in(std::string_view hex, std::size_t chunk) {
  Receiver receiver;
  std::vector<std::string> frames;
  const core::Bytes bytes = bytes_of(hex);
  for (std::size_t at = 0; at < bytes.size(); at += chunk) {
    receiver.feed(core::ByteView(bytes).subspan(at, std::min(chunk, bytes.size() - at)));
    while (const auto found = receiver.next()) {
      if (!found->frame) {
        frames.push_back("refused: " + found->why);
        continue;
      }
      const Frame& frame = *found->frame;
      const core::Bytes head{frame.control, frame.address};
      if (frame.kind == Frame::Kind::acknowledge) frames.push_back("ack");
      if (frame.kind == Frame::Kind::fixed) frames.push_back("fixed " + core::to_hex(head));
      if (frame.kind == Frame::Kind::variable)
        frames.push_back("variable " + core::to_hex(head) + " " + core::to_hex(frame.data));
    }
  }
  return frames;
}

void check(std::string_view hex, const std::vector<std::string>& expected) {
  CAPTURE(hex);
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{1000}}) {
    CAPTURE(chunk);
    CHECK(frames_in(hex, chunk) == expected);
  }
}

TEST_CASE("the four kinds of frames are found in any chunking") {
  check("E5", {"ack"});
  check("1040014116", {"fixed 4001"});
  check("68030368530550A816", {"variable 5305 50"});
  check("6804046808017003 7C16", {"variable 0801 7003"});
  check("E5 1040014116 E5 68040468080170037C16 E5", {"ack", "fixed 4001", "ack", "variable 0801 7003", "ack"});
}

TEST_CASE("a frame is found behind garbage that looks like the beginning of one") {
  check("FF00 68040468080170037C16", {"variable 0801 7003"});
  check("68 68040468080170037C16", {"variable 0801 7003"});
  check("6868 68040468080170037C16", {"variable 0801 7003"});
  check("10 68040468080170037C16", {"variable 0801 7003"});
  check("1040 68040468080170037C16", {"variable 0801 7003"});
  check("68FFFF68 0801 68040468080170037C16", {"variable 0801 7003"});
}

TEST_CASE("wrong frames are refused with the reason, and the next one is read") {
  check("68040468080170037D16 68040468080170037C16", {"refused: checksum is 7D, should be 7C", "variable 0801 7003"});
  check("68040468080170037C17 68040468080170037C16", {"refused: end is 17, should be 16", "variable 0801 7003"});
  check("680000680816", {"refused: length is 0, should be at least 3"});
  check("680202680801 0916", {"refused: length is 2, should be at least 3"});
  check("1040014216", {});
}

TEST_CASE("an E5 inside a frame that was refused is no acknowledgement") {
  check("6804046808E570030016", {"refused: checksum is 00, should be 60"});
}

TEST_CASE("the longest frame is found") {
  const core::Bytes data(253, 0x68);
  const std::string hex = core::to_hex(drivers::mbus::encode_variable(0x08, 0x68, data));
  check(hex, {"variable 0868 " + core::to_hex(data)});
}

}  // namespace
}  // namespace afferent::test::mbus
