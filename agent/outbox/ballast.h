// Disk space kept back in a file, to be given up for what must be stored on a full disk. Belongs to the deliver
// thread.
#pragma once

#include <cstdint>
#include <string>

namespace afferent::outbox {

class Ballast {
 public:
  Ballast(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {}

  // Fills the file with real blocks; false when the disk has no room for them, and then nothing is taken at all. Where
  // it cannot be had for another reason the store does without, since waiting for room would not help.
  bool take();
  void release();
  bool held() const { return held_; }

 private:
  std::string path_;
  std::uint64_t bytes_;
  bool held_ = false;
};

}  // namespace afferent::outbox
