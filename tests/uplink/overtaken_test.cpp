// What the broker refused for the moment, and took later ones of its stream.
#include <doctest/doctest.h>

#include "tests/uplink/fakes.h"

namespace afferent::test {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("what was refused for a moment while later ones were taken reaches a receiver that drops what is old") {
  Bench bench;
  bench.connect();
  for (const char letter : {'a', 'b', 'c', 'd', 'e', 'f'}) bench.round(telemetry(std::string(1, letter)));
  const auto sent = bench.broker.taken();
  REQUIRE(sent.size() == 6);
  const auto answer = [&bench, &sent](std::initializer_list<std::size_t> refused, std::size_t end) {
    for (std::size_t index = 0; index < end; ++index) {
      const bool accepts = std::find(refused.begin(), refused.end(), index) == refused.end();
      accepts ? bench.broker.acks(sent[index].token) : bench.broker.refuses(sent[index].token, 151);
    }
  };
  const auto all_of_it = [&bench] {
    Texts texts;
    for (int round = 0; round < 20; ++round) {
      for (const FakeUplink::Sent& one : bench.broker.taken()) {
        texts.push_back(one.payload);
        bench.broker.acks(one.token);
      }
      bench.later(core::Seconds{1});
    }
    return texts;
  };
  SUBCASE("all are answered") {
    answer({1, 4}, 6);
    bench.round(telemetry("g"));
    CHECK(all_of_it() == Texts{"g|7<6", "b|8<7", "e|9<8"});
  }
  SUBCASE("what was refused last is in its place still") {
    answer({1, 4, 5}, 6);
    bench.round();
    CHECK(all_of_it() == Texts{"e|5<4", "f|6<5", "b|7<6"});
  }
  SUBCASE("the connection ends before the later ones are answered") {
    answer({0}, 1);
    bench.broker.breaks();
    bench.round();
    while (bench.broker.attempts == 1) bench.later(bench.wait);
    bench.broker.opens();
    bench.later(core::Seconds{1});
    CHECK(all_of_it() == Texts{"b|2<1", "c|3<2", "d|4<3", "e|5<4", "f|6<5", "a|7<6"});
  }
  SUBCASE("one that was set aside has overtaken nothing") {
    bench.broker.refuses(sent[4].token, 151);
    bench.broker.refuses(sent[5].token, 153);
    answer({}, 4);
    bench.round();
    CHECK(all_of_it() == Texts{"e|5<4"});
  }
  SUBCASE("a store that cannot do it is asked again, and nothing is sent before") {
    bench.store.move_error = core::Error(core::ErrorCode::full, "disk full");
    answer({1}, 6);
    bench.round();
    CHECK(bench.log.contains("disk full"));
    CHECK(bench.published().empty());
    CHECK(all_of_it() == Texts{"b|7<6"});
  }
}

}  // namespace
}  // namespace afferent::test
