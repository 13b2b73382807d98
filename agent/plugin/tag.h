// What two compilations must have in common to call each other: one text, made while compiling. Public: installed for
// drivers that are built outside of this tree. Static data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <version>

#include "agent/core/driver.h"

namespace afferent::plugin {

#if defined(_GLIBCXX_RELEASE)
inline constexpr std::string_view kLibrary = "libstdc++";
inline constexpr std::uint64_t kLibraryVersion = _GLIBCXX_RELEASE;
inline constexpr std::uint64_t kLibraryAbi = _GLIBCXX_USE_CXX11_ABI;
#elif defined(_LIBCPP_VERSION)
inline constexpr std::string_view kLibrary = "libc++";
inline constexpr std::uint64_t kLibraryVersion = _LIBCPP_VERSION;
inline constexpr std::uint64_t kLibraryAbi = _LIBCPP_ABI_VERSION;
#else
#error "this standard library is not known; say here what makes two builds with it compatible"
#endif
#if defined(_GLIBCXX_DEBUG) || defined(_LIBCPP_ENABLE_DEBUG_MODE)
inline constexpr std::uint64_t kLibraryDebug = 1;
#else
inline constexpr std::uint64_t kLibraryDebug = 0;
#endif

// "name=12 name=1 ...", ended by a zero. An overflow does not compile.
class Tag {
 public:
  constexpr Tag& word(std::string_view name, std::uint64_t value) {
    if (size_ != 0) put(' ');
    for (const char c : name) put(c);
    put('=');
    std::uint64_t unit = 1;
    while (value / unit >= 10) unit *= 10;
    for (; unit != 0; unit /= 10) put(static_cast<char>('0' + value / unit % 10));
    return *this;
  }
  constexpr const char* text() const { return text_.data(); }

 private:
  constexpr void put(char c) { text_.at(size_++) = c; }

  std::array<char, 768> text_{};
  std::size_t size_ = 0;
};

constexpr Tag make_tag() {
  Tag tag;
  tag.word(kLibrary, kLibraryVersion).word("abi", kLibraryAbi).word("debug", kLibraryDebug).word("c++", __cplusplus);
  tag.word("pointer", sizeof(void*)).word("string", sizeof(std::string)).word("Bytes", sizeof(core::Bytes));
  tag.word("ByteView", sizeof(core::ByteView)).word("Error", sizeof(core::Error));
  tag.word("Result<void>", sizeof(core::Result<void>));
  tag.word("Result<Driver>", sizeof(core::Result<std::unique_ptr<core::Driver>>));
  tag.word("Stamp", sizeof(core::Stamp)).word("Value", sizeof(core::Value));
  tag.word("ChannelSpec", sizeof(core::ChannelSpec)).word("LineSettings", sizeof(core::LineSettings));
  tag.word("PortWish", sizeof(core::PortWish)).word("WireEvent", sizeof(core::WireEvent));
  tag.word("Outgoing", sizeof(core::Outgoing)).word("DeviceCommand", sizeof(core::DeviceCommand));
  tag.word("Source", sizeof(core::Source)).word("Secret", sizeof(core::Secret));
  tag.word("Contents", sizeof(core::Contents));
  tag.word("ConfigNode", sizeof(core::ConfigNode)).word("ConfigField", sizeof(core::ConfigField));
  tag.word("DriverDevice", sizeof(core::DriverDevice)).word("DriverConfig", sizeof(core::DriverConfig));
  tag.word("PortDefaults", sizeof(core::PortDefaults)).word("CommandSpec", sizeof(core::CommandSpec));
  tag.word("DriverSpec", sizeof(core::DriverSpec)).word("Driver", sizeof(core::Driver));
  return tag.word("Sink", sizeof(core::Sink));
}

// Not `inline`: a variable that several loaded files share by name would hide how they differ.
constexpr Tag kTag = make_tag();

}  // namespace afferent::plugin
