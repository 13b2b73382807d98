// How the store comes up, and how it goes on after damage: with a new database and a new epoch.
#include <utility>

#include "agent/outbox/damaged.h"
#include "agent/outbox/files.h"
#include "agent/outbox/sqlite_store.h"

namespace afferent::outbox {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::string_view kPart = "store";

Loss damage_to(const std::string& domain, core::Kind kind, std::uint64_t messages, std::uint64_t boot) {
  core::GapFacts facts;
  facts.domain = domain;
  facts.kind = kind;
  facts.messages = messages;
  facts.reason = "damaged store";
  return {facts, boot};
}

}  // namespace

Result<void> SqliteStore::start() {
  auto ended = finish_setting_aside(options_.path);
  if (!ended) return ended;
  const bool empty = size_of(options_.path) == 0;
  // SQLite would begin anew with a file that somebody emptied, as if nothing had been in it.
  const bool was_used = exists(options_.path + ".ballast") || size_of(options_.path + "-wal") != 0;
  const bool emptied = empty && was_used && exists(options_.path);
  const bool ballast = ballast_.take();
  auto opened = emptied ? replace_damaged({ErrorCode::bad_input, "the file is empty"}) : open_file();
  if (!opened && opened.error().code() == ErrorCode::full && ballast) {
    ballast_.release();
    opened = open_file();
  }
  const bool full = !opened && opened.error().code() == ErrorCode::full;
  // Where nothing is in the file, or what was is set aside, nothing could be lost: commits try again.
  if (full && (empty || !damage_.empty())) {
    tools_.log.error(kPart, "cannot be made yet, " + opened.error().message());
  } else if (!opened) {
    return opened;
  }
  if (!ballast_.held()) disk_is_full();
  return {};
}

Result<void> SqliteStore::open_file() {
  auto opened = StoreFile::open(options_.path, tools_.random);
  if (!opened && opened.error().code() == ErrorCode::bad_input) return replace_damaged(opened.error());
  if (!opened) return std::move(opened).error().in(options_.path);
  file_ = *std::move(opened);
  book_ = std::move(file_->book);
  boots_ = std::move(file_->boots);
  epoch_ = file_->epoch;
  for (const std::string& key : file_->damaged_states) {
    damage_ = "stored state was damaged";
    tools_.log.error(kPart, "state '" + key + "' is not what was written; it is left out");
  }
  for (std::size_t stream = 0; stream < streams().size(); ++stream) {
    cache_.start(stream, streams()[stream].next_sequence - 1);
  }
  return {};
}

Result<void> SqliteStore::replace_damaged(const Error& why) {
  tools_.log.error(kPart, "damaged store: " + why.message());
  if (file_ != nullptr) {
    states_kept_.clear();
    [[maybe_unused]] auto partly = file_->tables.states(states_kept_);  // what can still be read
    file_->database.checkpoint_at_close(false);
    file_.reset();
  }
  Book fresh;
  for (const Stream& stream : book_.streams) {
    fresh.add(stream.domain, stream.kind);
    if (stream.rows == 0) continue;
    merge(losses_, damage_to(stream.domain, stream.kind, stream.rows, tools_.clock.boot()));
  }
  if (book_.streams.empty()) merge(losses_, damage_to("node", core::Kind::telemetry, 0, tools_.clock.boot()));
  fresh.committed_readings = book_.committed_readings;
  fresh.dropped_readings = book_.dropped_readings;
  book_ = std::move(fresh);
  cache_.clear();
  marks_.clear();
  to_set_aside_ = true;
  return begin_anew();
}

Result<void> SqliteStore::begin_anew() {
  if (to_set_aside_) {
    auto aside = set_aside_files(options_.path, tools_.clock.now().utc);
    if (!aside) return std::move(aside).error().in("set the damaged store aside");
    to_set_aside_ = false;
    damage_ = "damaged store set aside as " + *aside;
    tools_.log.error(kPart, damage_ + "; a new epoch begins");
  }
  auto opened = StoreFile::open(options_.path, tools_.random);
  if (!opened) {
    const bool damaged = opened.error().code() == ErrorCode::bad_input;
    to_set_aside_ = damaged;
    return Error(damaged ? ErrorCode::retry : opened.error().code(), options_.path + ": " + opened.error().message());
  }
  file_ = *std::move(opened);
  auto carried = carry_over();
  if (!carried) {
    file_.reset();
    return carried;
  }
  epoch_ = file_->epoch;
  states_kept_.clear();
  losses_.clear();
  return {};
}

Result<void> SqliteStore::carry_over() {
  return transact_once([this](Round& round) -> Result<void> {
    Result<void> put;
    for (std::size_t stream = 0; put.ok() && stream < streams().size(); ++stream) {
      put = file_->tables.put_stream(stream, streams()[stream], 0);
    }
    for (const core::BootFact& fact : boots_) {
      if (put.ok()) put = file_->tables.put_boot(fact);
    }
    for (const auto& [key, change] : states_kept_) {
      if (put.ok()) put = round.change(change);
    }
    for (const Loss& loss : losses_) {
      if (put.ok()) put = round.account(loss);
    }
    return put;
  });
}

}  // namespace afferent::outbox
