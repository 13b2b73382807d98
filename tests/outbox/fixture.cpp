#include "tests/outbox/fixture.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace afferent::test {

std::vector<std::string> StoreFolder::names() const {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(path())) found.push_back(entry.path().filename());
  std::sort(found.begin(), found.end());
  return found;
}

core::Envelope TextGaps::write(const core::GapFacts& facts) const {
  const std::string text = facts.domain + "/" + std::string(core::name_of(facts.kind)) + " " +
                           std::to_string(facts.first_sequence) + "-" + std::to_string(facts.last_sequence) +
                           " messages " + std::to_string(facts.messages) + " readings " +
                           std::to_string(facts.readings) + " " + facts.reason;
  return envelope(facts.domain, core::Kind::gap, text, 0);
}

core::Envelope envelope(std::string_view domain, core::Kind kind, std::string_view payload, std::uint32_t readings) {
  const auto bytes = core::as_bytes(payload);
  return {std::string(domain), kind, core::Bytes(bytes.begin(), bytes.end()), readings, core::Nanos(100),
          core::Nanos(200)};
}

core::Parcel parcel(core::Envelope only) {
  core::Parcel made;
  made.envelopes.push_back(std::move(only));
  return made;
}

core::StateChange state(std::string_view key, std::string_view bytes, std::uint32_t version) {
  const auto view = core::as_bytes(bytes);
  return {std::string(key), version, core::Bytes(view.begin(), view.end())};
}

core::Result<void> StoreFixture::open() {
  store.reset();
  auto opened = outbox::Store::open(options, {clock, random, gaps, log});
  if (!opened) return std::move(opened).error();
  store = *std::move(opened);
  return {};
}

void StoreFixture::must_open() {
  auto opened = open();
  INFO((opened.ok() ? std::string() : opened.error().message()));
  REQUIRE(opened.ok());
}

core::Result<void> StoreFixture::commit(core::Envelope only) {
  std::vector<core::Parcel> parcels{parcel(std::move(only))};
  return store->commit(parcels);
}

std::uint64_t StoreFixture::put(std::string_view domain, core::Kind kind, std::string_view payload) {
  auto done = commit(envelope(domain, kind, payload));
  INFO((done.ok() ? std::string() : done.error().message()));
  REQUIRE(done.ok());
  return store->streams()[stream(domain, kind)].next_sequence - 1;
}

std::size_t StoreFixture::stream(std::string_view domain, core::Kind kind) const {
  const auto& all = store->streams();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const outbox::Stream& one) { return one.domain == domain && one.kind == kind; });
  REQUIRE(found != all.end());
  return static_cast<std::size_t>(found - all.begin());
}

std::vector<outbox::Row> StoreFixture::rows(std::string_view domain, core::Kind kind, std::uint64_t after) {
  auto found = store->read(stream(domain, kind), after, 1 << 30);
  REQUIRE(found.ok());
  return *found;
}

std::vector<std::string> StoreFixture::payloads(std::string_view domain, core::Kind kind) {
  std::vector<std::string> texts;
  for (std::size_t number = 0; number < store->streams().size(); ++number) {
    if (store->streams()[number].domain != domain || store->streams()[number].kind != kind) continue;
    auto found = store->read(number, 0, 1 << 30);
    REQUIRE(found.ok());
    for (const outbox::Row& row : *found) texts.emplace_back(core::as_text(row.payload));
  }
  return texts;
}

void StoreFixture::deliver(std::string_view domain, core::Kind kind, std::uint64_t sequence) {
  store->offered(stream(domain, kind), sequence);
  store->acknowledged(stream(domain, kind), sequence);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

void write_file(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  REQUIRE(file.good());
}

}  // namespace afferent::test
