#include "agent/outbox/schema.h"

#include <array>
#include <string>

namespace afferent::outbox {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

// message.id is stream << 48 | sequence: the rows of a stream lie side by side in order, and a run of delivered ones
// goes with one range delete. `age` rises with each commit over all streams and tells which row is the oldest.
constexpr std::array kSteps{
    R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE stream(id INTEGER PRIMARY KEY, domain TEXT NOT NULL, kind TEXT NOT NULL, next INTEGER NOT NULL,
                    rows INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
CREATE TABLE message(id INTEGER PRIMARY KEY, previous INTEGER NOT NULL, age INTEGER NOT NULL, boot INTEGER NOT NULL,
                     readings INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
                     payload BLOB NOT NULL) STRICT;
CREATE TABLE state(key TEXT PRIMARY KEY, version INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE boot(rank INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, utc INTEGER NOT NULL,
                  clock INTEGER NOT NULL) STRICT;
)sql",
    // What was written before has no checksum, and is believed.
    R"sql(
ALTER TABLE message ADD COLUMN crc INTEGER;
ALTER TABLE stream ADD COLUMN crc INTEGER;
ALTER TABLE state ADD COLUMN crc INTEGER;
)sql"};

}  // namespace

std::span<const char* const> steps() { return kSteps; }

Result<void> check_version(Database& database, std::span<const char* const> known) {
  auto version = database.number("PRAGMA user_version");
  if (!version) return std::move(version).error();
  auto application = database.number("PRAGMA application_id");
  if (!application) return std::move(application).error();
  auto objects = database.number("SELECT count(*) FROM sqlite_schema");
  if (!objects) return std::move(objects).error();
  const auto newest = static_cast<std::int64_t>(known.size());
  if (*version > newest) {
    return Error(ErrorCode::bad_config, "the store has version " + std::to_string(*version) +
                                            ", this agent knows versions up to " + std::to_string(newest) +
                                            ": install the newer agent or name another file; nothing was changed");
  }
  const bool ours = *application == kApplicationId;
  const bool fresh = *application == 0 && *version == 0 && *objects == 0;
  if (!ours && !fresh) {
    return Error(ErrorCode::bad_config, "a database, but not a store of this agent: name another file");
  }
  return {};
}

Result<void> migrate(Database& database, std::span<const char* const> known) {
  auto version = database.number("PRAGMA user_version");
  if (!version) return std::move(version).error();
  for (auto next = static_cast<std::size_t>(*version); next < known.size(); ++next) {
    const std::string step = std::string("BEGIN IMMEDIATE;") + known[next] +
                             ";PRAGMA user_version = " + std::to_string(next + 1) +
                             ";PRAGMA application_id = " + std::to_string(kApplicationId) + ";COMMIT";
    auto done = database.run(step.c_str());
    if (!done) {
      database.rollback();
      return std::move(done).error().in("store version " + std::to_string(next + 1));
    }
  }
  return {};
}

}  // namespace afferent::outbox
