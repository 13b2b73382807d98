// Tilt, current loops and other values, read file by file.
#include "drivers/iio/iio.h"

#include <cmath>

#include "drivers/iio/tilt.h"
#include "tests/drivers/gpio/text_frames.h"

using namespace afferent;
using namespace afferent::test;
using namespace std::chrono_literals;
using Kind = core::WireEvent::Kind;

namespace {

// A device folder: answers what the driver reads, until it waits or ends.
struct Device : Bench {
  explicit Device(const std::string& options) : Bench(drivers::iio::spec(), options) {}

  void poll() {
    sink.done_count = 0;
    happens(Kind::turn);
    serve();
  }
  void serve() {
    for (int i = 0; i < 1000 && sink.done_count == 0; ++i) {
      if (answered_ == sink.sent.size()) {
        if (sink.wakes.size() <= woken_) return;
        woken_ = sink.wakes.size();
        now.boot += sink.wakes.back();
        happens(Kind::wake);
        continue;
      }
      const core::Outgoing asked = sink.sent[answered_++];
      CHECK(asked.bytes.empty());
      read_files.push_back(asked.topic);
      if (on_read) on_read(asked.topic);
      const auto file = files.find(asked.topic);
      happens(Kind::received, asked.topic, file == files.end() ? "" : file->second);
    }
  }
  std::map<std::string, std::string> files;
  std::vector<std::string> read_files;
  std::function<void(const std::string&)> on_read;

 private:
  std::size_t answered_ = 0;
  std::size_t woken_ = 0;
};

Device accelerometer(const std::string& options) {
  Device device(options);
  device.files = {
      {"in_accel_scale", "0.00981"}, {"in_accel_x_raw", "0"}, {"in_accel_y_raw", "0"}, {"in_accel_z_raw", "1000"}};
  return device;
}

std::string mistake_of(const std::string& options) {
  const auto made = make(drivers::iio::spec(), options);
  return made ? "" : made.error().message();
}

}  // namespace

TEST_CASE("golden texts are read as the table says") {
  check_text_frames(drivers::iio::spec(), AFFERENT_SOURCE "/drivers/iio/frames.txt", 30);
}

TEST_CASE("scale and offset are read once, the special file first, and again when the device is back") {
  Device device = accelerometer("samples = 1\n");
  device.poll();
  CHECK(device.read_files == Texts{"in_accel_x_scale", "in_accel_scale", "in_accel_x_offset", "in_accel_offset",
                                   "in_accel_y_scale", "in_accel_y_offset", "in_accel_z_scale", "in_accel_z_offset",
                                   "in_accel_x_raw", "in_accel_y_raw", "in_accel_z_raw"});
  CHECK(device.read() == Texts{"tilt=0 deg", "vibration=0 m/s2"});
  CHECK(device.sink.done_error == "");
  device.read_files.clear();
  device.poll();
  CHECK(device.read_files == Texts{"in_accel_x_raw", "in_accel_y_raw", "in_accel_z_raw"});
  device.happens(Kind::closed);
  device.happens(Kind::opened);
  device.read_files.clear();
  device.poll();
  CHECK(device.read_files.size() == 11);
}

TEST_CASE("a differential input has the scale that all of its kind share, or its own") {
  Device device("mode = \"loop\"\nshunt = 100\nhigh = 5\ninput = \"in_voltage10-voltage11\"\n");
  device.files = {{"in_voltage-voltage_scale", "0.5"}, {"in_voltage10-voltage11_raw", "2400"}};
  const Texts half{"level=2.5 m", "current=0.012 A", "flag_broken_wire=false", "flag_over_range=false"};
  device.poll();
  CHECK(device.read_files == Texts{"in_voltage10-voltage11_scale", "in_voltage-voltage_scale",
                                   "in_voltage10-voltage11_offset", "in_voltage-voltage_offset",
                                   "in_voltage10-voltage11_raw"});
  CHECK(device.read() == half);
  device.files["in_voltage10-voltage11_scale"] = "1";
  device.files["in_voltage10-voltage11_raw"] = "1200";
  device.happens(Kind::closed);
  device.happens(Kind::opened);
  device.poll();
  CHECK(device.read() == half);
}

TEST_CASE("several samples are taken with a pause between, and their median is the position") {
  Device device = accelerometer("samples = 5\nsample_interval = \"10 ms\"\n");
  int sample = 0;
  device.on_read = [&](const std::string& file) {
    if (file == "in_accel_x_raw") ++sample;
    // The third is a knock: 45 degrees by itself, but as long as gravity.
    device.files["in_accel_x_raw"] = sample == 3 ? "707" : "0";
    device.files["in_accel_z_raw"] = sample == 3 ? "707" : "1000";
  };
  const core::Nanos began = device.now.boot;
  device.poll();
  CHECK(sample == 5);
  CHECK(device.now.boot - began == 40ms);
  CHECK(device.read()[0] == "tilt=0 deg");
}

TEST_CASE("samples taken while something shakes are not used, and without any other there is no tilt") {
  Device device = accelerometer("samples = 4\nsample_interval = 0\ncombine = \"mean\"\n");
  int sample = 0;
  bool all = false;
  device.on_read = [&](const std::string& file) {
    if (file == "in_accel_x_raw") ++sample;
    const bool shakes = all || sample % 2 == 0;
    device.files["in_accel_x_raw"] = shakes ? "900" : "0";
  };
  device.poll();
  Texts texts = device.read();
  REQUIRE(texts.size() == 2);
  CHECK(texts[0] == "tilt=0 deg");
  CHECK(texts[1].starts_with("vibration=3.38"));
  all = true;
  device.poll();
  texts = device.read();
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].starts_with("vibration=3.38"));
  CHECK(device.sink.done_error == "");
}

TEST_CASE("the installed position is taken by command, kept over restarts, and stands above the option") {
  Device device = accelerometer("samples = 2\nsample_interval = 0\nreference = [0.0, 0.0, 9.81]\n");
  device.files["in_accel_x_raw"] = "1000";
  device.files["in_accel_z_raw"] = "0";
  device.poll();
  CHECK(device.read()[0] == "tilt=90 deg");
  CHECK(device.driver->save().empty());
  device.sink.done_count = 0;
  device.commands("reference", {});
  device.serve();
  CHECK(device.sink.done_error == "");
  CHECK(device.read()[0] == "tilt=0 deg");
  const core::Bytes saved = device.driver->save();

  Device after = accelerometer("reference = [0.0, 0.0, 9.81]\n");
  REQUIRE(after.driver->restore(saved));
  after.poll();
  CHECK(after.read()[0] == "tilt=90 deg");
  after.commands("reference", {{"x", "0"}, {"y", "0"}, {"z", "9.8"}});
  after.poll();
  CHECK(after.read()[0] == "tilt=0 deg");
  for (const char* const wrong :
       {"x", "reference", "reference 1 2", "reference 1 2 3 4", "reference 0 0 0", "reference a b c"}) {
    CAPTURE(wrong);
    CHECK_FALSE(after.driver->restore(core::as_bytes(std::string_view(wrong))));
  }
  CHECK(after.driver->save() != saved);
}

TEST_CASE("a position is not taken while it shakes, nor one that has no direction") {
  Device device = accelerometer("samples = 2\nsample_interval = 0\n");
  device.files["in_accel_z_raw"] = "1500";
  device.commands("reference", {});
  device.serve();
  CHECK(device.sink.done_error == "it shakes: no sample is close to gravity; try again");
  CHECK(device.driver->save().empty());
  device.commands("reference", {{"x", "0"}, {"y", "0"}, {"z", "0"}});
  CHECK(device.sink.done_error == "x, y and z have no direction");
  device.commands("reference", {{"x", "1"}});
  CHECK(device.sink.done_error == "x, y and z must be numbers in m/s2, or be left out all");
  Device loop("mode = \"loop\"\nshunt = 100\n");
  loop.commands("reference", {});
  CHECK(loop.sink.done_error == "reference is for an accelerometer (mode = \"tilt\")");
}

TEST_CASE("what cannot be read, or is no number, is an error of the device") {
  Device device = accelerometer("samples = 1\n");
  device.files.erase("in_accel_y_raw");
  device.poll();
  CHECK(device.sink.done_error == "in_accel_y_raw cannot be read");
  device.files["in_accel_y_raw"] = "many";
  device.poll();
  CHECK(device.sink.done_error == "in_accel_y_raw is no number");
  CHECK(device.sink.rejects.size() == 1);
  device.files["in_accel_y_raw"] = "0";
  device.poll();
  CHECK(device.sink.done_error == "");
  CHECK(device.read()[0] == "tilt=0 deg");
  device.happens(Kind::turn);
  device.happens(Kind::timed_out);
  CHECK(device.sink.done_error == "in_accel_x_raw was not read in time");
  device.happens(Kind::received, "in_accel_x_raw", "5");  // comes too late
  CHECK(device.read().empty());
}

TEST_CASE("a device without a scale says which option helps") {
  Device device("mode = \"loop\"\nshunt = 100\n");
  device.files["in_voltage0_raw"] = "2400";
  device.poll();
  CHECK(device.sink.done_error == "the device has no scale of in_voltage0; set the option scale");
  CHECK(device.read().empty());
  Device scaled("mode = \"loop\"\nshunt = 100\nscale = 0.5\noffset = 0\nhigh = 5.0\n");
  scaled.files["in_voltage0_raw"] = "2400";
  scaled.poll();
  CHECK(scaled.read_files == Texts{"in_voltage0_raw"});
  CHECK(scaled.read()[0] == "level=2.5 m");
}

TEST_CASE("a loop is read several times when asked, and its median mapped") {
  Device device(
      "mode = \"loop\"\nshunt = 100\nscale = 0.5\noffset = 0\nhigh = 5.0\nsamples = 3\nsample_interval = 0\n");
  int sample = 0;
  device.on_read = [&](const std::string&) {
    static constexpr const char* kRaw[] = {"2400", "0", "2402"};
    device.files["in_voltage0_raw"] = kRaw[sample++ % 3];
  };
  device.poll();
  CHECK(device.read() == Texts{"level=2.5 m", "current=0.012 A", "flag_broken_wire=false", "flag_over_range=false"});
}

TEST_CASE("options that do not fit together are refused") {
  CHECK(mistake_of("reference = [1.0, 2.0]") == "device:1: reference: must be three numbers: x, y and z in m/s2");
  CHECK(mistake_of("reference = [0.0, 0.0, 0.0]") == "device:1: reference: has no direction");
  CHECK(mistake_of("mode = \"loop\"") ==
        "shunt: missing; expected the resistor in ohm over which the loop is measured");
  CHECK(mistake_of("mode = \"loop\"\ninput = \"in_current0\"\nshunt = 100") ==
        "device:3: shunt: is of no use: in_current0 is a current already");
  CHECK(mistake_of("mode = \"value\"\nquantity = \"colour\"") ==
        "device:2: quantity: \"colour\" is no quantity of a number; e.g. length, pressure, temperature, flow, ratio, "
        "none");
  CHECK(mistake_of("mode = \"value\"\nin_low = 1.0") == "in_high: must differ from in_low");
  CHECK(mistake_of("mode = \"value\"\nchannel = \"a b\"") == "device:2: channel: \"a b\" is no name of a channel");
}

TEST_CASE("the angle between two directions, whatever their lengths") {
  using drivers::iio::angle_between;
  using drivers::iio::Vector;
  const auto degrees = [](const Vector& a, const Vector& b) { return angle_between(a, b).value_or(-1); };
  CHECK(degrees({0, 0, 1}, {0, 0, 5}) == doctest::Approx(0));
  CHECK(degrees({1, 0, 0}, {0, 7, 0}) == doctest::Approx(90));
  CHECK(degrees({1, 2, 3}, {-1, -2, -3}) == doctest::Approx(180));
  for (int angle = 0; angle <= 180; angle += 5) {
    const double radians = angle * 3.14159265358979 / 180;
    CHECK(degrees({0, 0, 9.81}, {9.7 * std::sin(radians), 0, 9.7 * std::cos(radians)}) ==
          doctest::Approx(angle).epsilon(1e-6));
  }
  CHECK_FALSE(angle_between({0, 0, 0}, {0, 0, 1}).has_value());
  CHECK_FALSE(angle_between({1e300, 1e300, 0}, {1e300, 0, 1}).has_value());
}

TEST_CASE("blanks alone are no text of this driver") {
  for (const char* blanks : {" ", "\r\n", "\n\n \t"}) {
    Bench bench(drivers::iio::spec(), "");
    bench.happens(Kind::received, {}, blanks);
    REQUIRE(bench.sink.rejects.size() == 1);
    CHECK(core::as_text(bench.sink.rejects[0].bytes) == blanks);
  }
}
