// The few file system calls that the store needs beside SQLite. Belongs to the deliver thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/core/result.h"

namespace afferent::outbox {

class Descriptor {  // owns a file descriptor; -1 is none
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }

 private:
  int number_;
};

// What errno says about `what`: "/var/lib/x: No space left on device". Error{full} for a full disk, else `otherwise`.
core::Error system_error(std::string_view what, core::ErrorCode otherwise);

// Makes the names in the folder of `path` durable. Error{retry}.
core::Result<void> sync_folder_of(const std::string& path);

bool exists(const std::string& path);

// What `path` names once its links are followed, also where that is not there yet; `path` itself where nothing is
// known.
std::string real_path_of(const std::string& path);

std::uint64_t size_of(const std::string& path);  // bytes; 0 where there is no file

// Bytes that this process may still write beside `path`; nothing known counts as plenty.
std::uint64_t free_bytes_beside(const std::string& path);

// Whole small file, or nothing where there is none.
std::string read_small_file(const std::string& path);

// Writes the file where it is, so that a power cut may leave it cut short, and makes it durable, its name included.
// Error{full} or Error{retry}.
core::Result<void> write_small_file(const std::string& path, std::string_view content);

}  // namespace afferent::outbox
