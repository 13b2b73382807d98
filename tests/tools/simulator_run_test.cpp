// The simulation on real ptys and sockets.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "agent/io/address.h"
#include "agent/io/clock.h"
#include "agent/io/unique_fd.h"
#include "tests/support/temp_folder.h"
#include "tests/tools/simulator_rig.h"
#include "tools/simulator/simulation.h"

using namespace afferent;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

const std::string kStreet = R"(
[[line]]
id = "bus"
kind = "pty"
[[line]]
id = "cabinet"
kind = "tcp"
framing = "modbus_tcp"
port_file = "cabinet.port"
[[device]]
id = "level"
line = "bus"
driver = "modbus"
profile = "dfrobot_sen0519"
options = { unit = 5 }
channels = { distance = 1.0 }
[[device]]
id = "sump"
line = "cabinet"
driver = "modbus"
profile = "dfrobot_sen0519"
options = { unit = 1 }
channels = { distance = 1.0 }
)";

class Running {
 public:
  explicit Running(const std::string& text = kStreet) {
    loop = io::Loop::create(clock).value();
    auto loaded = simulator::read_scenario(text, "street.toml", folder, AFFERENT_BINARY "/share/afferent");
    REQUIRE(loaded.problems.empty());
    scenario = std::move(loaded.scenario);
    simulation = simulator::Simulation::create(scenario, *loop, log).value();
  }
  // What comes back on `fd`; rounds of the loop until there are `size` bytes.
  core::Bytes ask(int fd, const core::Bytes& request, std::size_t size) {
    REQUIRE(::write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size()));
    core::Bytes answer;
    for (int round = 0; round < 1000 && answer.size() < size; ++round) {
      loop->run_once(10ms);
      std::array<std::uint8_t, 256> buffer{};
      const ssize_t got = ::read(fd, buffer.data(), buffer.size());
      if (got > 0) answer.insert(answer.end(), buffer.begin(), buffer.begin() + got);
    }
    return answer;
  }
  bool until(const std::function<bool()>& done) {
    for (int round = 0; round < 1000 && !done(); ++round) loop->run_once(10ms);
    return done();
  }

  io::RealClock clock;
  test::TempFolder own_folder;
  const std::string& folder = own_folder.path();
  std::vector<std::string> lines;
  simulator::TruthLog log{[this](std::string_view line) {
    lines.emplace_back(line);
    return true;
  }};
  std::unique_ptr<io::Loop> loop;
  simulator::Scenario scenario;
  std::unique_ptr<simulator::Simulation> simulation;
};

io::UniqueFd open_line(const std::string& path) {
  return io::UniqueFd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
}

const core::Bytes kAsk{0x05, 0x03, 0x00, 0x05, 0x00, 0x02, 0xD5, 0x8E};

}  // namespace

TEST_CASE("a simulated line answers behind its link, and the link goes at the end") {
  Running running;
  REQUIRE(running.simulation->start().ok());
  const std::string link = running.folder + "/bus";
  REQUIRE(fs::is_symlink(link));
  CHECK(running.simulation->places()[0] == "bus at " + link);
  {
    const io::UniqueFd line = open_line(link);
    REQUIRE(line);
    CHECK(core::to_hex(running.ask(line.get(), kAsk, 9)).starts_with("05030403E8"));
  }
  const io::UniqueFd again = open_line(link);  // nobody had it open for a moment
  REQUIRE(again);
  CHECK(running.ask(again.get(), kAsk, 9).size() == 9);
  CHECK(running.lines.size() >= 2);
  bool ended = false;
  running.simulation->finish([&] { ended = true; });
  CHECK(running.until([&] { return ended; }));
  CHECK_FALSE(fs::exists(fs::symlink_status(link)));
}

TEST_CASE("a simulated TCP line tells its port in a file") {
  Running running;
  REQUIRE(running.simulation->start().ok());
  std::uint16_t port = 0;
  std::ifstream(running.folder + "/cabinet.port") >> port;
  REQUIRE(port != 0);
  CHECK(running.simulation->places()[1] == "cabinet at 127.0.0.1:" + std::to_string(port));
  const auto address = io::resolve("127.0.0.1", port, io::Lookup::numeric).value().front();
  const io::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(fd.get(), address.get(), address.length) == 0);
  REQUIRE(::fcntl(fd.get(), F_SETFL, O_NONBLOCK) == 0);
  const core::Bytes answer = running.ask(fd.get(), *core::from_hex("0009 0000 0006 01 03 0005 0001"), 11);
  CHECK(core::to_hex(answer) == "00090000000501030203E8");
}

TEST_CASE("a line is unplugged and comes back under the same name") {
  Running running("speed = 10\n" + kStreet + "[[fault]]\nkind = \"gone\"\nline = \"bus\"\nfrom = 0.5\nto = 2\n");
  REQUIRE(running.simulation->start().ok());
  const std::string link = running.folder + "/bus";
  io::UniqueFd line = open_line(link);
  CHECK(running.until([&] { return !fs::exists(fs::symlink_status(link)); }));
  std::uint8_t byte = 0;
  CHECK(::read(line.get(), &byte, 1) <= 0);
  CHECK(running.until([&] { return fs::exists(link); }));
  line = open_line(link);
  REQUIRE(line);
  CHECK(running.ask(line.get(), kAsk, 9).size() == 9);
}

TEST_CASE("a link that an earlier run left is replaced, a file in its place is not") {
  Running running;
  const std::string link = running.folder + "/bus";
  fs::create_symlink("/dev/pts/none", link);
  CHECK(running.simulation->start().ok());
  CHECK(fs::is_symlink(link));

  Running other;
  std::ofstream(other.folder + "/bus") << "mine";
  const auto started = other.simulation->start();
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().message().find("line 'bus': link") != std::string::npos);
  CHECK(fs::is_regular_file(other.folder + "/bus"));
}

TEST_CASE("what an earlier run left of a socket or folder is replaced, something else is not, and both go at the end") {
  const std::string names = R"(
[[line]]
id = "chip"
kind = "gpio"
[[line]]
id = "adc"
kind = "iio"
[[device]]
id = "basin"
line = "adc"
driver = "iio"
push = "10 ms"
options = { mode = "loop", shunt = 100, high = 5.0 }
channels = { level = 2.5 }
)";
  Running running(names);
  const std::string chip = running.folder + "/chip";
  const std::string adc = running.folder + "/adc";
  fs::create_directory(adc);
  std::ofstream(adc + "/name") << "adc\n";
  REQUIRE(running.simulation->start().ok());
  CHECK(fs::is_socket(chip));
  CHECK(running.until([&] { return fs::exists(adc + "/in_voltage0_raw"); }));
  std::string text;
  std::ifstream(adc + "/in_voltage0_raw") >> text;
  CHECK(text == "120000");
  CHECK(running.simulation->places()[1] == "adc at " + adc);
  bool ended = false;
  running.simulation->finish([&] { ended = true; });
  CHECK(running.until([&] { return ended; }));
  CHECK_FALSE(fs::exists(chip));
  CHECK_FALSE(fs::exists(adc));

  for (const std::string place : {"/chip", "/adc/name"}) {
    Running other(names);
    fs::create_directory(other.folder + "/adc");
    std::ofstream(other.folder + place) << "mine\n";
    const auto started = other.simulation->start();
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().message().find("something else is there") != std::string::npos);
    CHECK(fs::is_regular_file(other.folder + place));
  }
}

TEST_CASE("the truth stands in its file line by line") {
  Running running;
  const std::string path = running.folder + "/truth.jsonl";
  auto log = simulator::TruthLog::open(path).value();
  drivers::Truth truth;
  truth.numbers["level"] = 0.25;
  truth.texts["valve"] = "open";
  log->served(1500ms, "a", truth);
  log->event(2s, {"crc", "bus", "a", "x"});
  std::ifstream file(path);
  std::string line;
  REQUIRE(std::getline(file, line));
  CHECK(line == R"({"boot_ms":1500,"device":"a","channel":"level","value":0.25,"answer":1})");
  REQUIRE(std::getline(file, line));
  CHECK(line == R"({"boot_ms":1500,"device":"a","channel":"valve","value":"open","answer":1})");
  REQUIRE(std::getline(file, line));
  CHECK(line == R"({"boot_ms":2000,"event":"crc","line":"bus","device":"a","detail":"x"})");
  CHECK(log->complete());
  CHECK_FALSE(simulator::TruthLog::open("/nowhere/truth").ok());
  auto full = simulator::TruthLog::open("/dev/full").value();
  full->event(2s, {"crc", "bus"});
  CHECK_FALSE(full->complete());
}
