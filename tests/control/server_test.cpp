#include "agent/control/server.h"

#include <doctest/doctest.h>

#include "afferent/v1/control.pb.h"

using namespace afferent;

namespace {

class Target final : public core::CommandTarget {
 public:
  void handle(const core::CommandRequest& request, Reply reply) override {
    requests.push_back(request);
    if (request.verb == "later") {
      waiting.push_back(std::move(reply));
    } else if (request.verb == "echo") {
      reply(std::string("{}"));
    } else {
      reply(core::Error(core::ErrorCode::not_found, "unknown verb '" + request.verb + "'"));
    }
  }
  std::vector<core::CommandRequest> requests;
  std::vector<Reply> waiting;
};

struct Fixture {
  Target target;
  std::vector<v1::ControlReply> replies;
  std::vector<std::uint32_t> closed;
  control::Server server{
      target,
      [this](std::uint32_t, core::ByteView bytes) {
        control::Deframer deframer(control::kLargestReply);
        deframer.add(bytes);
        const auto message = deframer.next();
        REQUIRE(message.ok());
        REQUIRE(message->has_value());
        CHECK(replies.emplace_back().ParseFromArray((*message)->data(), static_cast<int>((*message)->size())));
      },
      [this](std::uint32_t peer) { closed.push_back(peer); }};
};

core::Bytes request(const std::string& verb) {
  v1::ControlRequest message;
  message.set_verb(verb);
  (*message.mutable_argument())["device"] = "m1";
  return control::framed(core::as_bytes(message.SerializeAsString()));
}

}  // namespace

TEST_CASE("a request is understood in any chunking, and answered") {
  Fixture f;
  core::Bytes two = request("echo");
  const core::Bytes second = request("nonsense");
  two.insert(two.end(), second.begin(), second.end());
  for (const std::uint8_t& byte : two) f.server.received(1, {&byte, 1});
  REQUIRE(f.replies.size() == 2);
  CHECK(f.replies[0].ok());
  CHECK(f.replies[1].error() == "unknown verb 'nonsense'");
  CHECK(f.target.requests[0].arguments.at("device") == "m1");
}

TEST_CASE("garbage is answered with an error, an endless message closes the connection") {
  Fixture f;
  f.server.received(1, control::framed(core::as_bytes("\xFF\xFF\xFF")));
  REQUIRE(f.replies.size() == 1);
  CHECK(f.replies[0].error() == "not a ControlRequest");
  f.server.received(1, core::as_bytes("\xFF\xFF\xFF\x7F"));
  REQUIRE(f.replies.size() == 2);
  CHECK(f.replies[1].error().find("at most 65536") != std::string::npos);
  CHECK(f.closed == std::vector<std::uint32_t>{1});
}

TEST_CASE("a reply to somebody who left is dropped, also after the server is gone") {
  Target target;
  int sent = 0;
  {
    control::Server server(target, [&sent](std::uint32_t, core::ByteView) { ++sent; }, [](std::uint32_t) {});
    server.received(1, request("later"));
    server.received(2, request("later"));
    server.received(3, request("later"));
    server.gone(1);
    target.waiting[0](std::string("{}"));
    CHECK(sent == 0);
    target.waiting[1](std::string("{}"));
    CHECK(sent == 1);
  }
  target.waiting[2](std::string("{}"));
  CHECK(sent == 1);
}
