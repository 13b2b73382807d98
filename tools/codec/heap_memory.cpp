#include "tools/codec/heap_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace afferent::codec_host {

HeapMemory::~HeapMemory() {
  while (loose_.next != &loose_) {
    Loose* const first = loose_.next;
    unlink(first);
    std::free(first);
  }
  for (const Chunk& chunk : packed_) std::free(chunk.at);
  for (const Chunk& chunk : own_) std::free(chunk.at);
}

HeapMemory::Loose* HeapMemory::loose_of(void* block) {
  return reinterpret_cast<Loose*>(static_cast<std::uint8_t*>(block) - sizeof(Head) - sizeof(Loose));
}

void* HeapMemory::take(std::size_t size) {
  if (size == 0) return nullptr;
  if (size > limit_ || used_ + size > limit_) {
    exceeded_ = true;
    return nullptr;
  }
  void* block = nullptr;
  if (kept_)
    block = take_loose(size);
  else
    block = size <= kLongestPacked ? take_packed(size) : take_own(size);
  if (block == nullptr) return nullptr;
  head_of(block).size = static_cast<std::uint32_t>(size);
  used_ += size;
  return block;
}

void* HeapMemory::take_packed(std::size_t size) {
  const std::size_t grains = (size + kGrain - 1) / kGrain;
  if (Free* const block = free_[grains]; block != nullptr) {
    free_[grains] = block->next;
    return block;
  }
  const std::size_t wanted = sizeof(Head) + grains * kGrain;
  if (packed_.empty() || packed_.back().size - packed_.back().used < wanted) {
    auto* const at = static_cast<std::uint8_t*>(std::malloc(kChunk));
    if (at == nullptr) return nullptr;
    packed_.push_back({at, 0, kChunk});
  }
  Chunk& chunk = packed_.back();
  void* block = chunk.at + chunk.used + sizeof(Head);
  chunk.used += wanted;
  head_of(block).home = kPacked;
  return block;
}

void* HeapMemory::take_own(std::size_t size) {
  auto* const at = static_cast<std::uint8_t*>(std::malloc(sizeof(Head) + size));
  if (at == nullptr) return nullptr;
  void* block = at + sizeof(Head);
  head_of(block).home = kOwn + static_cast<std::uint32_t>(own_.size());
  own_.push_back({at, sizeof(Head) + size, sizeof(Head) + size});
  return block;
}

void* HeapMemory::take_loose(std::size_t size) {
  auto* const at = static_cast<std::uint8_t*>(std::malloc(sizeof(Loose) + sizeof(Head) + size));
  if (at == nullptr) return nullptr;
  link(reinterpret_cast<Loose*>(at));
  void* block = at + sizeof(Loose) + sizeof(Head);
  head_of(block).home = kLoose;
  return block;
}

void HeapMemory::link(Loose* loose) {
  loose->previous = &loose_;
  loose->next = loose_.next;
  loose_.next->previous = loose;
  loose_.next = loose;
}

void HeapMemory::unlink(Loose* loose) {
  loose->previous->next = loose->next;
  loose->next->previous = loose->previous;
}

void* HeapMemory::resize(void* block, std::size_t size) {
  if (block == nullptr) return take(size);
  if (size == 0) {
    release(block);
    return nullptr;
  }
  const std::size_t before = head_of(block).size;
  if (head_of(block).home == kLoose) return resize_loose(block, size);
  if (kept_ && size <= before) return block;
  void* moved = take(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(before, size));
  release(block);
  return moved;
}

void* HeapMemory::resize_loose(void* block, std::size_t size) {
  const std::size_t before = head_of(block).size;
  if (size > limit_ || used_ - before + size > limit_) {
    exceeded_ = true;
    return nullptr;
  }
  unlink(loose_of(block));
  auto* const at = static_cast<std::uint8_t*>(std::realloc(loose_of(block), sizeof(Loose) + sizeof(Head) + size));
  if (at == nullptr) {
    link(loose_of(block));
    return nullptr;
  }
  link(reinterpret_cast<Loose*>(at));
  void* moved = at + sizeof(Loose) + sizeof(Head);
  head_of(moved).size = static_cast<std::uint32_t>(size);
  used_ = used_ - before + size;
  return moved;
}

void HeapMemory::release(void* block) {
  if (block == nullptr) return;
  Head& head = head_of(block);
  if (head.home == kLoose) {
    used_ -= head.size;
    unlink(loose_of(block));
    std::free(loose_of(block));
    return;
  }
  if (kept_) return;
  used_ -= head.size;
  if (head.home != kPacked) return release_own(head);
  Free*& first = free_[(head.size + kGrain - 1) / kGrain];
  first = new (block) Free{first};
}

void HeapMemory::release_own(Head& head) {
  const std::size_t number = head.home - kOwn;
  std::free(own_[number].at);
  own_[number] = own_.back();
  own_.pop_back();
  if (number < own_.size()) reinterpret_cast<Head*>(own_[number].at)->home = kOwn + static_cast<std::uint32_t>(number);
}

void HeapMemory::keep() {
  std::size_t size = 0;
  for (const Chunk& chunk : packed_) size += chunk.used;
  for (const Chunk& chunk : own_) size += chunk.used;
  copy_.reserve(size);
  for (const Chunk& chunk : packed_) copy_.insert(copy_.end(), chunk.at, chunk.at + chunk.used);
  for (const Chunk& chunk : own_) copy_.insert(copy_.end(), chunk.at, chunk.at + chunk.used);
  used_at_keep_ = used_;
  kept_ = true;
}

void HeapMemory::restore() {
  while (loose_.next != &loose_) {
    Loose* const first = loose_.next;
    unlink(first);
    std::free(first);
  }
  const std::uint8_t* from = copy_.data();
  for (const auto* chunks : {&packed_, &own_}) {
    for (const Chunk& chunk : *chunks) {
      std::memcpy(chunk.at, from, chunk.used);
      from += chunk.used;
    }
  }
  used_ = used_at_keep_;
}

bool HeapMemory::take_exceeded() { return std::exchange(exceeded_, false); }

}  // namespace afferent::codec_host
