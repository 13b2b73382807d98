// A Modbus device made with libmodbus, which shares no code with ours: what it serves is known to libmodbus_test.py.
//   libmodbus_server tcp            prints the port of 127.0.0.1 that it took
//   libmodbus_server rtu DEVICE     unit 7 at 19200 8E1; prints `ready`
#include <arpa/inet.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>

namespace {

constexpr int kUnit = 7;
constexpr int kBits = 16;       // coils and discrete inputs, from 0
constexpr int kRegisters = 40;  // holding and input registers, from 0

using Context = std::unique_ptr<modbus_t, decltype(&modbus_free)>;
using Mapping = std::unique_ptr<modbus_mapping_t, decltype(&modbus_mapping_free)>;

int fail(const char* what) {
  std::fprintf(stderr, "libmodbus_server: %s: %s\n", what, modbus_strerror(errno));
  return 1;
}

// Most significant register first.
void put(std::uint16_t* to, int registers, std::uint64_t number) {
  for (int i = registers - 1; i >= 0; --i, number >>= 16) to[i] = static_cast<std::uint16_t>(number & 0xFFFF);
}

// A test reads these numbers back: change them together.
void fill(modbus_mapping_t& map) {
  std::uint16_t* holding = map.tab_registers;
  // Floats by their bytes on the wire: the setters of libmodbus name the orders differently.
  put(holding + 0, 2, 0x40490FDB);  // ABCD  3.14159274
  put(holding + 2, 2, 0x0000C020);  // CDAB  -2.5
  put(holding + 4, 2, 0x6F12833A);  // DCBA  0.001
  put(holding + 6, 2, 0x80474000);  // BADC  65536.5
  holding[8] = static_cast<std::uint16_t>(-1234);
  holding[9] = 65000;
  put(holding + 10, 2, static_cast<std::uint64_t>(-100'000));
  put(holding + 12, 2, 123'456'789);
  put(holding + 14, 4, static_cast<std::uint64_t>(-5'000'000'000));
  holding[18] = 0x1999;  // BCD
  holding[19] = 0x8005;  // sign and magnitude
  holding[20] = 0x0024;  // flags: bits 2 and 5
  std::uint16_t* input = map.tab_input_registers;
  input[0] = 4321;
  put(input + 1, 2, 0xC3889333);  // -273.15
  map.tab_bits[3] = 1;
  map.tab_input_bits[9] = 1;
}

// Answers until the connection or the line ends.
void serve(modbus_t* context, modbus_mapping_t* map) {
  std::array<std::uint8_t, MODBUS_TCP_MAX_ADU_LENGTH> request;
  for (;;) {
    const int length = modbus_receive(context, request.data());
    if (length > 0) {
      modbus_reply(context, request.data(), length, map);
    } else if (length < 0 && errno != EMBBADCRC && errno != ETIMEDOUT) {
      return;
    }
  }
}

int serve_tcp(modbus_mapping_t* map) {
  const Context context(modbus_new_tcp("127.0.0.1", 0), &modbus_free);
  if (!context) return fail("tcp");
  int listener = modbus_tcp_listen(context.get(), 1);
  if (listener < 0) return fail("listen");
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) return fail("port");
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  while (modbus_tcp_accept(context.get(), &listener) >= 0) {
    serve(context.get(), map);
    modbus_close(context.get());
  }
  return fail("accept");
}

int serve_rtu(const char* device, modbus_mapping_t* map) {
  const Context context(modbus_new_rtu(device, 19200, 'E', 8, 1), &modbus_free);
  if (!context || modbus_set_slave(context.get(), kUnit) != 0) return fail("rtu");
  if (modbus_connect(context.get()) != 0) return fail(device);
  std::printf("ready\n");
  std::fflush(stdout);
  serve(context.get(), map);
  return fail("line");
}

}  // namespace

int main(int argc, char** argv) {
  const Mapping map(modbus_mapping_new(kBits, kBits, kRegisters, kRegisters), &modbus_mapping_free);
  if (!map) return fail("mapping");
  fill(*map);
  const std::string_view kind = argc > 1 ? argv[1] : "";
  if (kind == "tcp") return serve_tcp(map.get());
  if (kind == "rtu" && argc == 3) return serve_rtu(argv[2], map.get());
  std::fprintf(stderr, "libmodbus_server tcp | rtu DEVICE\n");
  return 2;
}
