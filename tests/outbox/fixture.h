// A store in a folder of its own, and short words for what tests do with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/sealer.h"
#include "agent/outbox/store.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"

namespace afferent::test {

class StoreFolder : public TempFolder {
 public:
  std::vector<std::string> names() const;  // sorted
};

// The facts as text: "flood/telemetry 3-7 messages 5 readings 50 quota".
class TextGaps final : public core::GapWriter {
 public:
  core::Envelope write(const core::GapFacts& facts) const override;
};

core::Envelope envelope(std::string_view domain, core::Kind kind, std::string_view payload,
                        std::uint32_t readings = 10);
core::Parcel parcel(core::Envelope only);
core::StateChange state(std::string_view key, std::string_view bytes, std::uint32_t version = 1);

struct StoreFixture {
  StoreFolder folder;
  FakeClock clock;
  CountingRandom random;
  TextGaps gaps;
  RecordingLog log;
  outbox::StoreOptions options{
      .path = folder.path() + "/store.db", .quota = 1 << 20, .reserve = 64 << 10, .ballast = 64 << 10};
  std::unique_ptr<outbox::Store> store;

  core::Result<void> open();  // closes first; the error is that of Store::open()
  void must_open();
  void close() { store.reset(); }
  core::Result<void> commit(core::Envelope only);
  std::uint64_t put(std::string_view domain, core::Kind kind, std::string_view payload);  // its sequence

  std::size_t stream(std::string_view domain, core::Kind kind) const;  // must exist
  std::vector<outbox::Row> rows(std::string_view domain, core::Kind kind, std::uint64_t after = 0);
  std::vector<std::string> payloads(std::string_view domain, core::Kind kind);  // empty where there is no such stream
  void deliver(std::string_view domain, core::Kind kind, std::uint64_t sequence);
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view content);

}  // namespace afferent::test
