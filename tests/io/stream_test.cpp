#include "agent/io/stream.h"

#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>

#include "tests/io/support.h"

using namespace afferent;
using core::as_bytes;
using core::ErrorCode;
using test::RealLoop;

namespace {

struct Owner final : io::StreamOwner {
  void stream_received(const core::Stamp&, core::ByteView bytes) override { text += core::as_text(bytes); }
  void stream_failed(const core::Stamp&, std::string_view reason) override {
    ++failed;
    why = reason;
    if (victim != nullptr) victim->reset();
  }
  std::string text;
  int failed = 0;
  std::string why;
  std::unique_ptr<io::Stream>* victim = nullptr;
};

struct Pair {
  Pair() {
    std::array<int, 2> fds{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) == 0);
    far = io::UniqueFd(fds[1]);
    REQUIRE(stream->open(io::UniqueFd(fds[0])));
  }
  RealLoop real;
  Owner owner;
  std::unique_ptr<io::Stream> stream = std::make_unique<io::Stream>(*real.loop, owner);
  io::UniqueFd far;
};

}  // namespace

TEST_CASE("a write to a broken stream fails, closes at once, and tells the owner on the next round") {
  Pair pair;
  pair.far.reset();
  const auto written = pair.stream->write(as_bytes("x"));
  REQUIRE_FALSE(written);
  CHECK(written.error().code() == ErrorCode::retry);
  CHECK(written.error().message() == "broken pipe");
  CHECK_FALSE(pair.stream->is_open());
  CHECK(pair.owner.failed == 0);
  CHECK(pair.stream->write(as_bytes("x")).error().message() == "not open");
  REQUIRE(pair.real.run_until([&] { return pair.owner.failed > 0; }));
  CHECK(pair.owner.failed == 1);
  CHECK(pair.owner.why == "broken pipe");
}

TEST_CASE("what was sent before the end is read before the end is told") {
  Pair pair;
  REQUIRE(::write(pair.far.get(), "last words", 10) == 10);
  pair.far.reset();
  REQUIRE(pair.real.run_until([&] { return pair.owner.failed == 1; }));
  CHECK(pair.owner.text == "last words");
  CHECK(pair.owner.why == "closed by the other end");
}

TEST_CASE("an owner may destroy its stream when it is told of the end, by read, by write or on request") {
  for (const int way : {0, 1, 2}) {
    Pair pair;
    pair.owner.victim = &pair.stream;
    if (way == 2) {
      pair.stream->fail("asked for");
    } else {
      pair.far.reset();
      if (way == 1) CHECK_FALSE(pair.stream->write(as_bytes("x")));
    }
    REQUIRE(pair.real.run_until([&] { return pair.owner.failed == 1; }));
    CHECK(pair.stream == nullptr);
  }
}

TEST_CASE("output is watched only while something waits") {
  Pair pair;
  while (pair.stream->waiting() == 0) REQUIRE(pair.stream->write(core::Bytes(1000)));
  CHECK(pair.stream->waiting() <= 1000);
  REQUIRE(pair.real.run_until([&] {
    std::array<char, 8192> buffer{};
    while (::read(pair.far.get(), buffer.data(), buffer.size()) > 0) {
    }
    return pair.stream->waiting() == 0;
  }));
  // A loop that still watched would return at once each time.
  const core::Nanos start = pair.real.clock.now().boot;
  pair.real.loop->run_once(std::chrono::milliseconds(20));
  CHECK(pair.real.clock.now().boot - start >= std::chrono::milliseconds(20));
}

TEST_CASE("an empty write is nothing") {
  Pair pair;
  CHECK(pair.stream->write({}));
  CHECK(pair.stream->waiting() == 0);
}
