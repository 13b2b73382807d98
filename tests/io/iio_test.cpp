// Attributes of a device folder as a port, on plain files.
#include "agent/io/iio_port.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/io/support.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"

using namespace afferent;
using namespace afferent::test;
using core::ErrorCode;

namespace {

struct Listener final : core::PortListener {
  void port_opened(std::uint32_t, const core::Stamp&) override { seen.emplace_back("opened"); }
  void port_closed(std::uint32_t, const core::Stamp&, std::string_view why) override {
    seen.push_back("closed " + std::string(why));
  }
  void port_received(std::uint32_t, const core::Stamp&, core::ByteView) override { seen.emplace_back("bytes"); }
  void port_event(const core::PortEvent& event) override {
    seen.push_back(std::string(event.name) + "=" + std::string(core::as_text(event.bytes)));
  }
  std::vector<std::string> seen;
};

struct Rig {
  Rig() {
    write("iio:device0/name", "cpu-temperature\n");
    write("iio:device1/name", "mcp3422\n");
    write("iio:device1/in_voltage0_raw", "1234\n");
  }

  void write(const std::string& file, std::string_view text) const {
    const std::filesystem::path path = std::filesystem::path(devices) / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void make(const std::string& path) {
    port = std::make_unique<io::IioPort>(*net.loop, helper, log, io::IioOptions{"adc", path, devices});
    port->start(listener);
  }
  std::string after(std::size_t count) {
    REQUIRE(net.run_until([&] { return listener.seen.size() >= count; }));
    return listener.seen.back();
  }

  TempFolder folder;
  const std::string& devices = folder.path();
  RealLoop net;
  io::Helper helper{*net.loop};
  RecordingLog log;
  Listener listener;
  std::unique_ptr<io::IioPort> port;
};

}  // namespace

TEST_CASE("a device is found by its name, its number or its folder, and its attributes are read") {
  Rig rig;
  for (const std::string& path : {std::string("mcp3422"), std::string("iio:device1"), rig.devices + "/iio:device1"}) {
    CAPTURE(path);
    rig.listener.seen.clear();
    rig.make(path);
    CHECK(rig.after(1) == "opened");
    REQUIRE(rig.port->write_to("in_voltage0_raw", {}));
    CHECK(rig.after(2) == "in_voltage0_raw=1234");
  }
}

TEST_CASE("what cannot be read is empty, and the log says which file, once until it can be read again") {
  Rig rig;
  rig.make("mcp3422");
  rig.after(1);
  for (int i = 0; i < 2; ++i) REQUIRE(rig.port->write_to("in_voltage7_raw", {}));
  CHECK(rig.after(3) == "in_voltage7_raw=");
  const auto told = [&rig] {
    return std::count_if(rig.log.lines.begin(), rig.log.lines.end(), [](const std::string& line) {
      return line.find("in_voltage7_raw: no such file or directory") != std::string::npos;
    });
  };
  CHECK(told() == 1);
  CHECK(rig.port->is_open());
  rig.write("iio:device1/in_voltage7_raw", "7\n");
  REQUIRE(rig.port->write_to("in_voltage7_raw", {}));
  CHECK(rig.after(4) == "in_voltage7_raw=7");
  CHECK(rig.log.contains("can be read again"));
}

TEST_CASE("a device that goes away closes the port, and opens it when it is back") {
  Rig rig;
  rig.make("mcp3422");
  rig.after(1);
  std::filesystem::rename(rig.devices + "/iio:device1", rig.devices + "/away");
  std::filesystem::rename(rig.devices + "/away", rig.devices + "/iio:device5");
  REQUIRE(rig.port->write_to("in_voltage0_raw", {}));
  CHECK(rig.after(2) == "closed " + rig.devices + "/iio:device1 is gone");
  CHECK(rig.port->write_to("in_voltage0_raw", {}).error().code() == ErrorCode::retry);
  CHECK(rig.after(3) == "opened");
  REQUIRE(rig.port->write_to("in_voltage0_raw", {}));
  CHECK(rig.after(4) == "in_voltage0_raw=1234");
}

TEST_CASE("a device that is not there is waited for, and the log says what is") {
  Rig rig;
  rig.make("adxl345");
  REQUIRE(rig.net.run_until([&] { return !rig.port->trouble().empty(); }));
  CHECK(rig.port->trouble() ==
        "there is no device 'adxl345' in " + rig.devices + "; there is cpu-temperature, mcp3422");
  rig.write("iio:device2/name", "adxl345\n");
  CHECK(rig.after(1) == "opened");
}

TEST_CASE("only files of the device are read, and nothing is written") {
  Rig rig;
  rig.make("mcp3422");
  rig.after(1);
  for (const std::string_view name : {"../iio:device0/name", "..", "", "/etc/passwd"}) {
    CHECK(rig.port->write_to(name, {}).error().code() == ErrorCode::bad_input);
  }
  CHECK(rig.port->write_to("in_voltage0_raw", core::as_bytes("1")).error().code() == ErrorCode::bad_config);
  CHECK(rig.port->write(0, core::as_bytes("1")).error().code() == ErrorCode::bad_config);
}

TEST_CASE("a device that does not answer fills a bounded queue") {
  Rig rig;
  rig.make("mcp3422");
  rig.after(1);
  core::Result<void> last;
  for (int i = 0; i < 100 && last; ++i) last = rig.port->write_to("in_voltage0_raw", {});
  REQUIRE(!last);
  CHECK(last.error().code() == ErrorCode::full);
}

TEST_CASE("an attribute that never ends is cut, one without an end does not hold the thread") {
  Rig rig;
  rig.write("iio:device1/long", std::string(10'000, '1'));
  REQUIRE(::mkfifo((rig.devices + "/iio:device1/fifo").c_str(), 0600) == 0);
  rig.make("mcp3422");
  rig.after(1);
  REQUIRE(rig.port->write_to("long", {}));
  CHECK(rig.after(2).size() == 5 + 256);
  REQUIRE(rig.port->write_to("fifo", {}));
  CHECK(rig.after(3) == "fifo=");
}
