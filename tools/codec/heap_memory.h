// The memory of one script's heap: limited, and what a call has changed in it can be put back. Single-threaded.
//
// What is taken before keep() lies packed in few chunks, of which keep() makes a copy. From then on a block that was
// kept is never freed or moved, and what is taken besides is thrown away by restore(), which writes the copy back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace afferent::codec_host {

class HeapMemory {
 public:
  explicit HeapMemory(std::size_t limit) : limit_(limit) {}
  ~HeapMemory();
  HeapMemory(const HeapMemory&) = delete;
  HeapMemory& operator=(const HeapMemory&) = delete;

  // nullptr: the limit is reached, or the process has no more. `block` may be nullptr.
  void* take(std::size_t size);
  void* resize(void* block, std::size_t size);
  void release(void* block);

  void keep();     // once, while nothing runs in the heap
  void restore();  // all blocks as they were at keep(); likewise

  std::size_t limit() const { return limit_; }               // bytes
  std::size_t held() const { return used_ + copy_.size(); }  // bytes, with the copy
  bool take_exceeded();                                      // whether the limit was reached since this was asked

 private:
  struct Head {  // in front of each block
    std::uint32_t size = 0;
    std::uint32_t home = 0;  // kLoose, kPacked, or the number of its own chunk from kOwn on
  };
  struct Loose {  // in front of the head of a block that was taken after keep()
    Loose* previous = nullptr;
    Loose* next = nullptr;
  };
  struct Free {  // in the place of a packed block
    Free* next = nullptr;
  };
  struct Chunk {
    std::uint8_t* at = nullptr;
    std::size_t used = 0;
    std::size_t size = 0;
  };
  static constexpr std::uint32_t kLoose = 0;
  static constexpr std::uint32_t kPacked = 1;
  static constexpr std::uint32_t kOwn = 2;
  static constexpr std::size_t kGrain = 16;
  static constexpr std::size_t kLongestPacked = 1024;  // longer ones have chunks of their own
  static constexpr std::size_t kChunk = 32 * 1024;

  static Head& head_of(void* block) { return static_cast<Head*>(block)[-1]; }
  static Loose* loose_of(void* block);
  void* take_packed(std::size_t size);
  void* take_own(std::size_t size);
  void* take_loose(std::size_t size);
  void* resize_loose(void* block, std::size_t size);
  void release_own(Head& head);
  void link(Loose* loose);
  static void unlink(Loose* loose);

  const std::size_t limit_;
  std::size_t used_ = 0;
  std::size_t used_at_keep_ = 0;
  bool exceeded_ = false;
  bool kept_ = false;
  std::vector<Chunk> packed_;
  std::vector<Chunk> own_;
  std::array<Free*, kLongestPacked / kGrain + 1> free_{};  // by their grains
  Loose loose_{&loose_, &loose_};                          // a ring
  std::vector<std::uint8_t> copy_;                         // of the chunks, packed ones first
};

}  // namespace afferent::codec_host
