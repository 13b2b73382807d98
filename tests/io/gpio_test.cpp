// GPIO lines as a port, on a chip whose kernel is played and on stand-ins.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>

#include "agent/io/gpio_port.h"
#include "tests/io/support.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"

using namespace afferent;
using namespace afferent::test;
using core::ErrorCode;
using Event = gpio_v2_line_event;

namespace {

// What the kernel does behind the chip's device file. Calls come from the helper thread.
class Kernel {
 public:
  int ioctl(unsigned long request, void* argument) {
    const std::lock_guard lock(mutex_);
    if (request == GPIO_V2_GET_LINE_IOCTL) return grant(*static_cast<gpio_v2_line_request*>(argument));
    auto& values = *static_cast<gpio_v2_line_values*>(argument);
    if (request == GPIO_V2_LINE_SET_VALUES_IOCTL) {
      driven.push_back(values.bits & values.mask);
      return 0;
    }
    if (request != GPIO_V2_LINE_GET_VALUES_IOCTL || unreadable) {
      errno = EIO;
      return -1;
    }
    values.bits = level ? 1 : 0;
    return 0;
  }
  io::GpioChip::Ioctl call() {
    return [this](int, unsigned long request, void* argument) { return ioctl(request, argument); };
  }
  void edge(std::uint32_t line, std::uint32_t id, std::uint32_t count) {
    Event event{};
    event.id = id;
    event.offset = line;
    event.line_seqno = count;
    REQUIRE(::write(far[line].get(), &event, sizeof event) == sizeof event);
  }

  void free_all() {
    const std::lock_guard lock(mutex_);
    refused.clear();
  }

  std::map<std::uint32_t, int> refused;  // line -> errno
  std::map<std::uint32_t, io::UniqueFd> far;
  std::vector<gpio_v2_line_request> requests;
  std::vector<std::uint64_t> driven;
  bool level = false;
  bool unreadable = false;

 private:
  int grant(gpio_v2_line_request& request) {
    requests.push_back(request);
    if (const auto no = refused.find(request.offsets[0]); no != refused.end()) {
      errno = no->second;
      return -1;
    }
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return -1;
    far[request.offsets[0]] = io::UniqueFd(pair[0]);
    request.fd = pair[1];
    return 0;
  }
  std::mutex mutex_;
};

struct Listener final : core::PortListener {
  void port_opened(std::uint32_t, const core::Stamp&) override { seen.emplace_back("opened"); }
  void port_closed(std::uint32_t, const core::Stamp&, std::string_view why) override {
    seen.push_back("closed " + std::string(why));
  }
  void port_received(std::uint32_t, const core::Stamp&, core::ByteView) override { seen.emplace_back("bytes"); }
  void port_event(const core::PortEvent& event) override {
    const bool edge = event.kind == core::PortEvent::Kind::edge;
    seen.push_back((edge ? "edge " : "level ") + std::string(event.name) + "=" +
                   std::string(core::as_text(event.bytes)) + (edge ? " #" + std::to_string(event.count) : ""));
    at.push_back(event.at.boot);
  }
  std::vector<std::string> seen;
  std::vector<core::Nanos> at;
};

using Seen = std::vector<std::string>;

struct Rig {
  explicit Rig(std::string path, std::map<std::string, std::uint32_t, std::less<>> aliases = {{"input-1", 17}})
      : port(std::make_unique<io::GpioPort>(
            *net.loop, helper, log, io::GpioOptions{"chip", std::move(path), std::move(aliases), kernel.call()})) {}
  void start(const std::vector<core::PortWish>& wishes) {
    REQUIRE(port->want(wishes));
    port->start(listener);
    REQUIRE(net.run_until([this] { return !listener.seen.empty(); }));
    REQUIRE(listener.seen.back() == "opened");
    listener.seen.clear();
  }
  Seen after(std::size_t count) {
    REQUIRE(net.run_until([&] { return listener.seen.size() >= count; }));
    return listener.seen;
  }

  RealLoop net;
  io::Helper helper{*net.loop};
  RecordingLog log;
  Kernel kernel;
  Listener listener;
  std::unique_ptr<io::GpioPort> port;
};

core::ByteView text(std::string_view bytes) { return core::as_bytes(bytes); }

// /dev/null is a character device, and whatever is asked of it is played.
constexpr const char* kChip = "/dev/null";

}  // namespace

TEST_CASE("each line is asked of the kernel as its driver wishes") {
  Rig rig(kChip);
  using Bias = core::PortWish::Bias;
  rig.start({{.name = "input-1", .active_low = true, .bias = Bias::pull_up, .debounce = core::Micros(5000)},
             {.name = "4", .bias = Bias::pull_down},
             {.name = "5", .bias = Bias::disabled},
             {.name = "6", .output = true, .on = true, .active_low = true}});
  const auto& requests = rig.kernel.requests;
  REQUIRE(requests.size() == 4);
  for (const gpio_v2_line_request& request : requests) {
    CHECK(request.num_lines == 1);
    CHECK(std::string(request.consumer) == "afferent");
  }
  constexpr std::uint64_t kInput =
      GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
  CHECK(requests[0].offsets[0] == 17);
  CHECK(requests[0].config.flags == (kInput | GPIO_V2_LINE_FLAG_ACTIVE_LOW | GPIO_V2_LINE_FLAG_BIAS_PULL_UP));
  REQUIRE(requests[0].config.num_attrs == 1);
  CHECK(requests[0].config.attrs[0].attr.id == GPIO_V2_LINE_ATTR_ID_DEBOUNCE);
  CHECK(requests[0].config.attrs[0].attr.debounce_period_us == 5000);
  CHECK(requests[0].config.attrs[0].mask == 1);
  CHECK(requests[1].config.flags == (kInput | GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN));
  CHECK(requests[1].config.num_attrs == 0);
  CHECK(requests[2].config.flags == (kInput | GPIO_V2_LINE_FLAG_BIAS_DISABLED));
  CHECK(requests[3].offsets[0] == 6);
  CHECK(requests[3].config.flags == (GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_ACTIVE_LOW));
  REQUIRE(requests[3].config.num_attrs == 1);
  CHECK(requests[3].config.attrs[0].attr.id == GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES);
  CHECK(requests[3].config.attrs[0].attr.values == 1);
}

TEST_CASE("a line that cannot be, or that two devices want, is refused with what there is") {
  Rig rig(kChip);
  const std::vector<core::PortWish> unknown{{.name = "input-9"}};
  CHECK(rig.port->want(unknown).error().message() ==
        "'input-9' is no line of /dev/null: expected its number in the chip; the board has input-1");
  const std::vector<core::PortWish> first{{.name = "input-1"}};
  const std::vector<core::PortWish> second{{.name = "17"}};
  REQUIRE(rig.port->want(first));
  CHECK(rig.port->want(second).error().message() == "line 17 of /dev/null is used by another device already");
}

TEST_CASE("edges come in under their line's name with level and number, several in one read too") {
  Rig rig(kChip);
  rig.start({{.name = "input-1"}, {.name = "4"}});
  rig.kernel.edge(17, GPIO_V2_LINE_EVENT_RISING_EDGE, 1);
  rig.kernel.edge(17, GPIO_V2_LINE_EVENT_FALLING_EDGE, 2);
  CHECK(rig.after(2) == Seen{"edge input-1=1 #1", "edge input-1=0 #2"});
  rig.kernel.edge(4, GPIO_V2_LINE_EVENT_RISING_EDGE, 9);
  CHECK(rig.after(3).back() == "edge 4=1 #9");
}

TEST_CASE("an edge is stamped with the kernel's time of it") {
  Rig rig(kChip);
  rig.start({{.name = "4"}});
  timespec now{};
  const core::Nanos before = rig.net.clock.now().boot;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  Event event{};
  event.timestamp_ns =
      static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec) - 200'000'000u;
  event.id = GPIO_V2_LINE_EVENT_RISING_EDGE;
  REQUIRE(::write(rig.kernel.far[4].get(), &event, sizeof event) == sizeof event);
  rig.after(1);
  // The two clocks are read one after the other; on a busy machine that takes its time.
  const core::Nanos after = rig.net.clock.now().boot;
  constexpr auto kAgo = std::chrono::milliseconds(200);
  CHECK(rig.listener.at[0] <= after - kAgo);
  CHECK(rig.listener.at[0] >= before - kAgo - (after - before));
}

TEST_CASE("a level is read on request, and what cannot be read is empty") {
  Rig rig(kChip);
  rig.start({{.name = "4"}});
  rig.kernel.level = true;
  REQUIRE(rig.port->write_to("4", {}));
  CHECK(rig.after(1).back() == "level 4=1");
  rig.kernel.level = false;
  REQUIRE(rig.port->write_to("4", {}));
  CHECK(rig.after(2).back() == "level 4=0");
  rig.kernel.unreadable = true;
  REQUIRE(rig.port->write_to("4", {}));
  CHECK(rig.after(3).back() == "level 4=");
  CHECK(rig.port->write_to("5", {}).error().code() == ErrorCode::not_found);
  CHECK(rig.port->write_to("4", text("1")).error().message() == "port chip: line 4: is an input");
  CHECK(rig.port->write(0, text("1")).error().code() == ErrorCode::bad_config);
}

TEST_CASE("an output is driven by 0 and 1") {
  Rig rig(kChip);
  rig.start({{.name = "6", .output = true}});
  REQUIRE(rig.port->write_to("6", text("1")));
  REQUIRE(rig.port->write_to("6", text("0")));
  REQUIRE(rig.port->write_to("6", {}));  // the helper does one thing after the other
  rig.after(1);
  CHECK(rig.kernel.driven == std::vector<std::uint64_t>{1, 0});
  CHECK(rig.port->write_to("6", text("on")).error().message() == "port chip: line 6: is driven by 0 or 1");
}

TEST_CASE("a line that somebody else uses does not take the others with it, and comes when it is free") {
  Rig rig(kChip);
  rig.kernel.refused[4] = EBUSY;
  rig.start({{.name = "4"}, {.name = "5"}});
  CHECK(rig.port->trouble() == "line 4: device or resource busy: somebody else uses it");
  REQUIRE(rig.port->write_to("4", {}));
  CHECK(rig.after(1).back() == "level 4=");
  rig.kernel.edge(5, GPIO_V2_LINE_EVENT_RISING_EDGE, 1);
  CHECK(rig.after(2).back() == "edge 5=1 #1");
  rig.kernel.free_all();
  REQUIRE(rig.net.run_until([&] { return rig.port->trouble().empty(); }));
  rig.kernel.edge(4, GPIO_V2_LINE_EVENT_RISING_EDGE, 1);
  CHECK(rig.after(3).back() == "edge 4=1 #1");
  CHECK(std::count(rig.listener.seen.begin(), rig.listener.seen.end(), "opened") == 0);
}

TEST_CASE("a chip that is unplugged closes the port, which opens again with it") {
  Rig rig(kChip);
  rig.start({{.name = "4"}, {.name = "5"}});
  rig.kernel.far.erase(4);
  CHECK(rig.after(1).back() == "closed the chip is gone");
  CHECK(rig.port->write_to("5", {}).error().code() == ErrorCode::retry);
  CHECK(rig.after(2).back() == "opened");
  rig.kernel.edge(5, GPIO_V2_LINE_EVENT_FALLING_EDGE, 1);
  CHECK(rig.after(3).back() == "edge 5=0 #1");
}

TEST_CASE("a chip that is not there yet is waited for") {
  Rig rig("/nowhere/gpiochip0");
  rig.port->start(rig.listener);
  REQUIRE(rig.net.run_until([&] { return !rig.port->trouble().empty(); }));
  CHECK(rig.port->trouble() == "/nowhere/gpiochip0: no such file or directory");
  CHECK_FALSE(rig.port->is_open());

  Rig label("no-such-chip");
  label.port->start(label.listener);
  REQUIRE(label.net.run_until([&] { return !label.port->trouble().empty(); }));
  CHECK(label.port->trouble().starts_with("no GPIO chip has the label 'no-such-chip'; there is "));
}

namespace {

struct StandIn {
  test::TempFolder folder;
  const std::string path = folder.path() + "/chip";
};

Event event_of(std::uint32_t line, std::uint32_t id, std::uint32_t count) {
  Event event{};
  event.id = id;
  event.offset = line;
  event.line_seqno = count;
  return event;
}

}  // namespace

TEST_CASE("a unix socket stands in for a chip: edges in any chunking, outputs back") {
  const StandIn place;
  const io::UniqueFd server(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  place.path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(server.get(), 1) == 0);
  Rig rig(place.path);
  rig.start({{.name = "input-1"}, {.name = "6", .output = true}});
  io::UniqueFd far(::accept(server.get(), nullptr, nullptr));
  REQUIRE(far);

  REQUIRE(rig.port->write_to("input-1", {}));
  CHECK(rig.after(1).back() == "level input-1=0");
  const Event events[] = {event_of(17, GPIO_V2_LINE_EVENT_RISING_EDGE, 1),
                          event_of(99, GPIO_V2_LINE_EVENT_RISING_EDGE, 1), event_of(17, 7, 1),
                          event_of(17, GPIO_V2_LINE_EVENT_FALLING_EDGE, 2)};
  const auto* bytes = reinterpret_cast<const char*>(events);
  for (std::size_t i = 0; i < sizeof events; i += 40) {
    const std::size_t length = std::min<std::size_t>(40, sizeof events - i);
    REQUIRE(::write(far.get(), bytes + i, length) == static_cast<ssize_t>(length));
  }
  CHECK(rig.after(3) == Seen{"level input-1=0", "edge input-1=1 #1", "edge input-1=0 #2"});

  REQUIRE(rig.port->write_to("6", text("1")));
  Event told{};
  REQUIRE(::recv(far.get(), &told, sizeof told, MSG_WAITALL) == sizeof told);
  CHECK(told.offset == 6);
  CHECK(told.id == GPIO_V2_LINE_EVENT_RISING_EDGE);

  far.reset();
  CHECK(rig.after(4).back().starts_with("closed "));
  CHECK(rig.after(5).back() == "opened");
}

TEST_CASE("a FIFO stands in for a chip, whoever writes to it") {
  const StandIn place;
  REQUIRE(::mkfifo(place.path.c_str(), 0600) == 0);
  Rig rig(place.path);
  rig.start({{.name = "4"}});
  for (std::uint32_t i = 1; i <= 2; ++i) {
    const io::UniqueFd writer(::open(place.path.c_str(), O_WRONLY));
    const Event event = event_of(4, i == 1 ? GPIO_V2_LINE_EVENT_RISING_EDGE : GPIO_V2_LINE_EVENT_FALLING_EDGE, i);
    REQUIRE(::write(writer.get(), &event, sizeof event) == sizeof event);
  }
  CHECK(rig.after(2) == Seen{"edge 4=1 #1", "edge 4=0 #2"});
}
