// The memory of a script's heap: limit, and what is put back.
#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "tools/codec/heap_memory.h"

namespace afferent::test {
namespace {

using codec_host::HeapMemory;

struct Block {
  void* at = nullptr;
  std::string text;
};

void fill(Block& block, std::mt19937& random) {
  for (char& c : block.text) c = static_cast<char>(random());
  std::memcpy(block.at, block.text.data(), block.text.size());
}

bool holds(const Block& block) { return std::memcmp(block.at, block.text.data(), block.text.size()) == 0; }

// Takes, resizes and releases at random.
void stir(HeapMemory& memory, std::vector<Block>& blocks, std::mt19937& random, int steps) {
  for (int i = 0; i < steps; ++i) {
    const std::size_t size = random() % 5 == 0 ? random() % 9000 + 1 : random() % 200 + 1;
    if (blocks.empty() || random() % 3 == 0) {
      blocks.push_back({memory.take(size), std::string(size, '\0')});
      REQUIRE(blocks.back().at != nullptr);
      fill(blocks.back(), random);
      continue;
    }
    Block& block = blocks[random() % blocks.size()];
    REQUIRE(holds(block));
    if (random() % 2 == 0) {
      memory.release(block.at);
      block = blocks.back();
      blocks.pop_back();
      continue;
    }
    block.at = memory.resize(block.at, size);
    REQUIRE(block.at != nullptr);
    block.text.resize(std::min(block.text.size(), size));
    REQUIRE(holds(block));
    block.text.resize(size);
    fill(block, random);
  }
}

TEST_CASE("what was kept is put back, whatever was done to it") {
  std::mt19937 random(5);
  HeapMemory memory(4 << 20);
  std::vector<Block> blocks;
  stir(memory, blocks, random, 5000);
  memory.keep();
  const std::size_t held = memory.held();
  for (int round = 0; round < 20; ++round) {
    std::vector<Block> changed = blocks;
    stir(memory, changed, random, 2000);
    memory.restore();
    CHECK(memory.held() == held);
    for (const Block& block : blocks) REQUIRE(holds(block));
  }
}

TEST_CASE("memory ends at its limit, and says so once") {
  HeapMemory memory(10'000);
  void* first = memory.take(6000);
  REQUIRE(first != nullptr);
  CHECK(memory.take(6000) == nullptr);
  CHECK(memory.take_exceeded());
  CHECK_FALSE(memory.take_exceeded());
  CHECK(memory.resize(first, 20'000) == nullptr);
  memory.release(first);
  first = memory.take(6000);
  REQUIRE(first != nullptr);
  memory.keep();
  memory.release(first);  // stays: it will be wanted again
  CHECK(memory.take(6000) == nullptr);
  void* loose = memory.take(3000);
  REQUIRE(loose != nullptr);
  CHECK(memory.resize(loose, 5000) == nullptr);
  loose = memory.resize(loose, 4000);
  CHECK(loose != nullptr);
  memory.release(loose);
  CHECK(memory.take(4000) != nullptr);
  memory.restore();
  CHECK(memory.take(4000) != nullptr);
}

TEST_CASE("blocks may be moved to from anywhere, and nothing is no block") {
  HeapMemory memory(1 << 20);
  memory.release(nullptr);
  CHECK(memory.take(0) == nullptr);
  void* block = memory.resize(nullptr, 10);
  REQUIRE(block != nullptr);
  std::memcpy(block, "0123456789", 10);
  block = memory.resize(block, 5000);
  REQUIRE(block != nullptr);
  block = memory.resize(block, 10);
  REQUIRE(block != nullptr);
  CHECK(std::memcmp(block, "0123456789", 10) == 0);
  CHECK(memory.resize(block, 0) == nullptr);
}

}  // namespace
}  // namespace afferent::test
