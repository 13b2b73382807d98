// How the store runs a transaction, and what it does about a full disk.
#include <algorithm>
#include <array>
#include <utility>

#include "agent/outbox/files.h"
#include "agent/outbox/sqlite_store.h"

namespace afferent::outbox {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::string_view kPart = "store";
constexpr std::uint64_t kRoomAgain = 256 << 10;  // bytes free beside the ballast before the disk counts as usable
constexpr std::int64_t kMostPagesToMove = 64;    // to shrink a file takes its used pages through the WAL
constexpr core::Millis kLongCheckpoint{10};
constexpr core::Millis kShortCheckpoint{2};

}  // namespace

Result<void> SqliteStore::transact(const Work& work) {
  auto result = ready();
  if (result.ok()) result = transact_once(work);
  if (result.ok() || result.error().code() != ErrorCode::bad_input) return result;
  result = replace_damaged(result.error());
  if (result.ok()) result = transact_once(work);
  if (!result && result.error().code() == ErrorCode::bad_input)
    return Error(ErrorCode::retry, result.error().message());
  return result;
}

Result<void> SqliteStore::transact_once(const Work& work) {
  Round round({file_->tables, marks_, tools_.gaps, quota_, tools_.clock.boot()}, book_);
  auto result = file_->tables.begin();
  if (result.ok()) result = work(round);
  if (result.ok()) result = round.finish();
  if (result.ok()) result = file_->database.reserve_pages();
  if (result.ok()) result = file_->tables.commit();
  over_quota_ = round.over_quota();
  if (!result) {
    file_->database.rollback();
    return result;
  }
  adopt(round);
  return {};
}

void SqliteStore::adopt(Round& round) {
  book_ = std::move(round.book());
  RoundEffects& effects = round.effects();
  for (RoundEffects::Inserted& inserted : effects.inserted) {
    if (inserted.source != nullptr) inserted.row.payload = std::move(*inserted.source);
    cache_.add(std::move(inserted.row), book_.age);
  }
  for (const Row& row : effects.replaced) cache_.replace(row.stream, row.sequence, row);
  for (const auto& removed : effects.removed) cache_.erase(removed.stream, removed.first, removed.last);
  if (effects.acknowledged) marks_.forget_acknowledged();
}

Result<void> SqliteStore::transact_or_give_up_ballast(const Work& work) {
  auto result = transact(work);
  if (result.ok() || result.error().code() != ErrorCode::full || over_quota_) return result;
  disk_is_full();
  result = transact(work);
  if (result.ok() || result.error().code() != ErrorCode::full || !ballast_.held()) return result;
  ballast_.release();
  return transact(work);
}

void SqliteStore::note(const Result<void>& result) {
  if (result.ok()) {
    io_trouble_.clear();
    return;
  }
  // A full disk has many words for it, and is to be told once.
  const bool full = result.error().code() == ErrorCode::full && !over_quota_;
  const std::string why = full ? "nothing more fits on the disk" : result.error().message();
  if (io_trouble_ != why) tools_.log.error(kPart, why + "; it is tried again");
  io_trouble_ = why;
}

void SqliteStore::disk_is_full() {
  if (!disk_full_) tools_.log.error(kPart, "disk full: telemetry is dropped and accounted for");
  disk_full_ = true;
  // Blocks that the WAL has already are used again from its start, so that the next commit may need none.
  checkpoint();
}

void SqliteStore::regain_space() {
  if (!disk_full_) return;
  const bool was_held = ballast_.held();
  if ((!ballast_.take() || free_bytes_beside(options_.path) < kRoomAgain) && file_ != nullptr) {
    // It may be this file that fills the disk: delivered rows leave pages in it that the file system does not get back.
    file_->database.shrink(kMostPagesToMove);
  }
  if (!was_held && ballast_.take()) tools_.log.info(kPart, "ballast taken again");
}

// Whether the file's own free pages make up for the ballast, and for some telemetry more.
bool SqliteStore::has_room_inside() {
  return file_ != nullptr && file_->database.free_bytes() >= options_.ballast + kRoomAgain;
}

void SqliteStore::disk_has_room() {
  if (!disk_full_ || !ballast_.held() || free_bytes_beside(options_.path) < kRoomAgain) return;
  disk_full_ = false;
  tools_.log.info(kPart, "the disk has room again");
}

void SqliteStore::checkpoint() {
  if (file_ == nullptr) return;
  const core::Nanos begin = tools_.clock.now().boot;
  auto done = file_->database.checkpoint();
  // What is committed is safe in the WAL; damage shows again at the next read or commit.
  if (!done) {
    if (io_trouble_.empty()) tools_.log.warning(kPart, "checkpoint: " + done.error().message());
    io_trouble_ = "checkpoint: " + done.error().message();
    return;
  }
  const core::Nanos took = tools_.clock.now().boot - begin;
  if (took > kLongCheckpoint) checkpoint_pages_ = std::max(checkpoint_pages_ / 2, kLeastCheckpointPages);
  if (took < kShortCheckpoint) checkpoint_pages_ = std::min(checkpoint_pages_ * 2, kMostCheckpointPages);
}

void SqliteStore::tidy() {
  if (file_ != nullptr && file_->database.wal_pages() >= checkpoint_pages_) checkpoint();
}

std::string SqliteStore::trouble() const {
  std::string all;
  const std::array parts{disk_full_ ? std::string("disk full") : std::string(), io_trouble_, damage_};
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!all.empty()) all += "; ";
    all += part;
  }
  return all;
}

}  // namespace afferent::outbox
