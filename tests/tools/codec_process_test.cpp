// The helper process as the agent runs it: real processes, one loop.
#include "tests/tools/codec_rig.h"

#include "agent/core/driver.h"
#include "agent/io/codec_port.h"

namespace afferent::test {
namespace {

using Rig = CodecRig;

constexpr const char* kEcho = "function Decode(p, b) { return {v: b} }";
constexpr const char* kLoop = "function Decode(p, b) { while (true) { } }";

TEST_CASE("calls are pipelined and answered in order") {
  Rig rig;
  const std::string echo = rig.script("echo.js", kEcho);
  for (std::uint32_t id = 0; id < 500; ++id) rig.ask(id, echo, {static_cast<std::uint8_t>(id & 0xFF)});
  rig.run_until(500);
  for (std::uint32_t id = 0; id < 500; ++id) {
    CHECK(rig.answers[id].id == id);
    CHECK(rig.answers[id].outcome == Outcome::ok);
    CHECK(rig.answers[id].text == "{\"data\":{\"v\":[" + std::to_string(id & 0xFF) + "]}}");
  }
  CHECK(rig.codecs->starts() == 1);
}

TEST_CASE("a script that loops for ever costs itself an answer and nobody else") {
  Rig rig;
  const std::string echo = rig.script("echo.js", kEcho);
  const std::string loop = rig.script("loop.js", kLoop);
  rig.ask(1, echo, {1});
  rig.ask(2, loop);
  rig.ask(3, echo, {3});
  rig.ask(4, loop);
  rig.ask(5, echo, {5});
  rig.run_until(5);
  CHECK(rig.answer(2).outcome == Outcome::late);
  CHECK(rig.answer(4).outcome == Outcome::late);
  CHECK(rig.answer(2).text.find("gave no answer within 200 ms") != std::string::npos);
  for (const std::uint32_t id : {1U, 3U, 5U}) {
    CHECK(rig.answer(id).outcome == Outcome::ok);
    CHECK(rig.answer(id).text == "{\"data\":{\"v\":[" + std::to_string(id) + "]}}");
  }
  CHECK(rig.codecs->kills() == 2);
  CHECK(rig.log.contains("loop.js gave no answer within 200 ms"));
}

TEST_CASE("a script that loops while it is loaded is refused, and the others go on") {
  Rig rig;
  const std::string echo = rig.script("echo.js", kEcho);
  const std::string loop = rig.script("loadloop.js", "while (true) { }");
  rig.ask(1, loop);
  rig.ask(2, echo, {2});
  rig.run_until(2);
  CHECK(rig.answer(1).outcome != Outcome::ok);
  CHECK(rig.answer(1).text.find("gave no answer within 2000 ms") != std::string::npos);
  CHECK(rig.answer(2).outcome == Outcome::ok);
  rig.ask(3, loop);  // not tried again so soon
  rig.run_until(3);
  CHECK(rig.answer(3).outcome == Outcome::failed);
  CHECK(rig.codecs->kills() == 1);
}

TEST_CASE("calls of a script that hung wait for those of all others") {
  Rig rig;
  const std::string echo = rig.script("echo.js", kEcho);
  const std::string loop = rig.script("loop.js", "function Decode(p, b) { while (b[0]) { } return {v: b} }");
  const std::string second = rig.script("loop2.js", kLoop);
  rig.load(0, echo);  // its file has been read: until then it waits itself
  rig.run_until(1);
  rig.answers.clear();
  rig.ask(1, loop, {1});
  rig.ask(2, second);
  rig.run_until(2);
  for (std::uint32_t id = 3; id < 9; ++id) rig.ask(id, id % 2 == 0 ? loop : second, {1});
  rig.ask(9, echo, {9});
  rig.ask(10, echo, {10});
  rig.run_until(10);
  CHECK(rig.answers[2].id == 9);
  CHECK(rig.answers[3].id == 10);
  CHECK(rig.codecs->kills() == 8);
  rig.ask(11, loop, {0});  // which ends its bad name
  rig.run_until(11);
  rig.ask(12, loop, {0});
  rig.ask(13, echo, {1});
  rig.run_until(13);
  CHECK(rig.answers[11].id == 12);
}

TEST_CASE("calls of a script that hangs are not heaped up") {
  Rig rig;
  const std::string loop = rig.script("loop.js", kLoop);
  rig.ask(1, loop);
  rig.run_until(1);
  rig.settings.answer_time = core::Millis{20};
  rig.begin();
  rig.answers.clear();
  // Once may be the machine's fault.
  for (std::uint32_t id = 1; id <= 2; ++id) {
    rig.ask(id, loop);
    rig.run_until(id);
  }
  for (std::uint32_t id = 3; id <= 100; ++id) rig.ask(id, loop);
  rig.run_until(100);
  std::size_t refused = 0;
  for (const CodecAnswer& one : rig.answers) refused += one.text.find("too many calls") != std::string::npos ? 1 : 0;
  CHECK(refused == 98 - io::CodecProcess::kMostOfBad);
}

TEST_CASE("a script that hangs as it is loaded is tried again ever more rarely, or once its text is another") {
  Rig rig;
  std::size_t read = 0;
  io::CodecScripts scripts(*rig.loop, [&read] { ++read; });
  const std::string path = rig.script("hangs.js", "for (;;) {}");
  using State = io::CodecScripts::Script::State;
  const auto state_at = [&](int second) {
    io::CodecScripts::Script& script = scripts.get(path, std::chrono::seconds(second));
    for (const std::size_t before = read; script.state == State::reading && read == before;) {
      rig.loop->run_once(core::Millis{1000});
    }
    return script.state;
  };
  CHECK(state_at(0) == State::read);
  io::CodecScripts::Script& script = scripts.get(path, core::Nanos{});
  scripts.broken(script, "it hangs", core::Nanos{}, true);
  CHECK(state_at(59) == State::broken);
  CHECK(state_at(61) == State::read);
  scripts.broken(script, "it hangs", std::chrono::seconds(61), true);
  CHECK(state_at(122) == State::broken);
  CHECK(script.why == "it hangs");
  CHECK(state_at(185) == State::read);
  scripts.broken(script, "it hangs", std::chrono::seconds(185), true);
  rig.script("hangs.js", "var a;");
  CHECK(state_at(246) == State::read);
}

TEST_CASE("a memory bomb is an error of its device") {
  Rig rig;
  const std::string bomb = rig.script(
      "bomb.js", "function Decode() { var a = []; while (true) a.push(new Array(5000).join('x') + a.length) }");
  const std::string echo = rig.script("echo.js", kEcho);
  rig.settings.answer_time = core::Millis{20'000};  // it is to run into its limit, not out of time
  rig.begin();
  rig.ask(1, bomb);
  rig.ask(2, echo, {2});
  rig.ask(3, bomb);
  rig.run_until(3);
  CHECK(rig.answer(1).outcome == Outcome::failed);
  CHECK(rig.answer(1).text.find("memory") != std::string::npos);
  CHECK(rig.answer(2).outcome == Outcome::ok);
  CHECK(rig.answer(3).text.find("memory") != std::string::npos);
}

TEST_CASE("a codec that throws is an error of its call") {
  Rig rig;
  const std::string path =
      rig.script("throws.js", "function Decode(p, b) { if (b[0]) throw new Error('no'); return {a: 1} }");
  rig.ask(1, path, {1});
  rig.ask(2, path, {0});
  rig.run_until(2);
  CHECK(rig.answer(1).outcome == Outcome::failed);
  CHECK(rig.answer(1).text == "throws.js: Error: no (line 1)");
  CHECK(rig.answer(2).text == R"({"data":{"a":1}})");
}

TEST_CASE("scripts that cannot be read or are no JavaScript say so, to each call") {
  Rig rig;
  const std::string wrong = rig.script("wrong.js", "var x = ;");
  const std::string big = rig.script("big.js", std::string(300 * 1024, ' '));
  rig.ask(1, "/nowhere/F.js");
  rig.ask(2, wrong);
  rig.ask(3, wrong);
  rig.ask(4, big);
  rig.run_until(4);
  CHECK(rig.answer(1).text.find("/nowhere/F.js: no such file") != std::string::npos);
  CHECK(rig.answer(2).text.find("SyntaxError") != std::string::npos);
  CHECK(rig.answer(3).text == rig.answer(2).text);
  CHECK(rig.answer(4).text.find("longer than 256 kB") != std::string::npos);
}

TEST_CASE("a helper that cannot start fails the calls, and is tried again later") {
  Rig rig;
  rig.settings.program = "/nowhere/afferent-codec";
  rig.begin();
  const std::string echo = rig.script("echo.js", kEcho);
  rig.ask(1, echo);
  rig.run_until(1);
  rig.ask(2, echo);
  rig.run_until(2);
  CHECK(rig.answer(1).text.find("does not start") != std::string::npos);
  CHECK(rig.answer(2).outcome == Outcome::failed);
  CHECK(rig.codecs->starts() == 1);
}

TEST_CASE("a program that is no helper is given up") {
  Rig rig;
  rig.settings.program = "/bin/true";
  rig.begin();
  rig.ask(1, rig.script("echo.js", kEcho));
  rig.run_until(1);
  CHECK(rig.answer(1).text.find("does not start") != std::string::npos);
}

class Listener final : public core::PortListener {
 public:
  void port_opened(std::uint32_t, const core::Stamp&) override {}
  void port_closed(std::uint32_t, const core::Stamp&, std::string_view) override {}
  void port_received(std::uint32_t, const core::Stamp&, core::ByteView) override {}
  void port_event(const core::PortEvent& event) override {
    events.emplace_back(std::string(event.name), std::string(core::as_text(event.bytes)));
  }
  std::vector<std::pair<std::string, std::string>> events;
};

TEST_CASE("a port with codecs sends calls to the helper and all else where it went before") {
  Rig rig;
  auto within = std::make_unique<FakePort>();
  FakePort& fake = *within;
  fake.open = true;
  io::CodecPort port(*rig.loop, std::move(within), *rig.codecs);
  Listener listener;
  port.start(listener);
  CHECK(port.write_to("application/a", core::as_bytes("x")));
  REQUIRE(fake.written_to.size() == 1);
  core::CodecCall call;
  call.id = 77;
  call.script = rig.script("echo.js", kEcho);
  call.payload = {9};
  CHECK(port.write_to(core::kCodecTopic, core::pack(call)));
  CHECK_FALSE(port.write_to(core::kCodecTopic, core::as_bytes("?")));
  while (listener.events.empty()) rig.loop->run_once(core::Millis{1000});
  CHECK(listener.events[0].first == core::kCodecTopic);
  const auto answer = core::unpack_answer(core::as_bytes(listener.events[0].second));
  REQUIRE(answer);
  CHECK(answer->id == 77);
  CHECK(answer->text == R"({"data":{"v":[9]}})");
  CHECK(fake.written_to.size() == 1);
}

TEST_CASE("frames are cut from a stream in any chunks, and nonsense breaks it") {
  core::Bytes stream;
  io::append_frame(stream, io::CodecFrame::Kind::call, 5, core::as_bytes("abc"));
  io::append_frame(stream, io::CodecFrame::Kind::ok, 6, {});
  for (std::size_t chunk = 1; chunk <= stream.size(); ++chunk) {
    io::CodecFrameReader reader;
    std::vector<std::pair<std::uint32_t, std::string>> found;
    for (std::size_t at = 0; at < stream.size(); at += chunk) {
      reader.feed(core::ByteView(stream).subspan(at, std::min(chunk, stream.size() - at)));
      while (const auto frame = reader.next())
        found.emplace_back(frame->number, std::string(core::as_text(frame->body)));
    }
    CHECK(found == std::vector<std::pair<std::uint32_t, std::string>>{{5, "abc"}, {6, ""}});
  }
  for (const char* bad : {"FFFFFFFF00", "0000000001", "04000000010203"}) {
    io::CodecFrameReader reader;
    reader.feed(*core::from_hex(bad));
    CHECK_FALSE(reader.next());
    CHECK(reader.broken());
  }
}

}  // namespace
}  // namespace afferent::test
