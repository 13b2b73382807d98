#include "agent/core/channel.h"

#include <doctest/doctest.h>

using afferent::core::is_channel_name;

TEST_CASE("a channel name is lower case, with storage and tariff numbers behind it") {
  for (const char* name : {"level", "volume@1", "volume#2", "volume@12#3", "flag_low_battery", "r100"}) {
    CAPTURE(name);
    CHECK(is_channel_name(name));
  }
  for (const char* name : {"", "Level", "1st", "volume@", "volume#", "volume#1@2", "a b", "volume@1x"}) {
    CAPTURE(name);
    CHECK_FALSE(is_channel_name(name));
  }
}
