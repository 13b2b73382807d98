#include "agent/outbox/sqlite_store.h"

#include <algorithm>
#include <utility>

#include "agent/outbox/files.h"

namespace afferent::outbox {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::uint64_t kCacheBytes = 1 << 20;
constexpr std::string_view kPart = "store";
constexpr std::size_t kMostSpoiled = 100;  // rows taken out at a time

// A quota smaller than twice the reserve would leave telemetry nothing.
Quota quota_of(const StoreOptions& options) {
  return {options.quota, options.quota - std::min(options.reserve, options.quota / 2)};
}

bool nothing_in(const std::vector<core::Parcel>& parcels) {
  return std::all_of(parcels.begin(), parcels.end(),
                     [](const core::Parcel& parcel) { return parcel.envelopes.empty() && parcel.changes.empty(); });
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(StoreOptions options, StoreTools tools) {
  auto lock = StoreLock::take(options.path);
  if (!lock) return std::move(lock).error().in("store");
  // What lies beside it (write-ahead log, ballast, what was set aside) belongs to the file, not to a link.
  options.path = real_path_of(options.path);
  auto store = std::make_unique<SqliteStore>(std::move(options), tools, *std::move(lock));
  auto started = store->start();
  if (!started) return std::move(started).error().in("store");
  return std::unique_ptr<Store>(std::move(store));
}

SqliteStore::SqliteStore(StoreOptions options, StoreTools tools, StoreLock lock)
    : options_(std::move(options)),
      tools_(tools),
      lock_(std::move(lock)),
      quota_(quota_of(options_)),
      ballast_(options_.path + ".ballast", options_.ballast),
      cache_(kCacheBytes),
      checkpoint_pages_(kMostCheckpointPages) {}

SqliteStore::~SqliteStore() {
  if (file_ == nullptr) return;
  [[maybe_unused]] const auto flushed = flush_acknowledged();  // says itself why it could not
}

Result<void> SqliteStore::commit(std::vector<core::Parcel>& parcels) {
  if (nothing_in(parcels) && losses_.empty()) {
    parcels.clear();
    return {};
  }
  regain_space();
  // Without its ballast the room that is left belongs to what must not be lost.
  const bool all = ballast_.held() || !disk_full_ || has_room_inside();
  over_quota_ = false;
  auto result = all ? put(parcels, 0) : Result<void>(Error(ErrorCode::full, "disk full"));
  if (result.ok()) disk_has_room();
  if (!result && result.error().code() == ErrorCode::full) result = put_essentials(parcels);
  note(result);
  if (!result) return result;
  parcels.clear();
  if (file_ != nullptr && file_->database.wal_pages() >= 2 * checkpoint_pages_) checkpoint();
  return {};
}

Result<void> SqliteStore::put(std::span<core::Parcel> parcels, std::uint64_t make_room) {
  auto result = transact([&](Round& round) -> Result<void> {
    auto done = round.remove_acknowledged();
    if (done.ok() && make_room > 0) done = round.make_room(make_room, "disk full");
    for (core::Parcel& parcel : parcels) {
      for (core::Envelope& envelope : parcel.envelopes) {
        if (done.ok()) done = round.insert(envelope);
      }
      for (const core::StateChange& change : parcel.changes) {
        if (done.ok()) done = round.change(change);
      }
    }
    for (const Loss& loss : losses_) {
      if (done.ok()) done = round.account(loss);
    }
    return done.ok() ? round.enforce_quota(parcels.size() == 1) : done;
  });
  if (result.ok()) losses_.clear();
  return result;
}

void SqliteStore::strip_telemetry(std::vector<core::Parcel>& parcels, const std::string& reason) {
  for (core::Parcel& parcel : parcels) {
    std::erase_if(parcel.envelopes, [&](const core::Envelope& envelope) {
      if (core::priority_of(envelope.kind) != core::Priority::telemetry) return false;
      book_.dropped_readings += envelope.readings;
      merge(losses_,
            {{envelope.domain, envelope.kind, 0, 0, envelope.first, envelope.last, 1, envelope.readings, reason},
             tools_.clock.boot()});
      return true;
    });
  }
}

// In their order; the rest has to wait until some of it is delivered.
Result<void> SqliteStore::put_what_fits(std::vector<core::Parcel>& parcels) {
  auto result = put(parcels, 0);
  for (std::size_t most = parcels.size() / 2; !result && over_quota_ && most > 0; most /= 2) {
    const auto part = put(std::span(parcels).first(most), 0);
    if (!part) continue;
    parcels.erase(parcels.begin(), parcels.begin() + static_cast<std::ptrdiff_t>(most));
    over_quota_ = true;  // the whole was
    break;
  }
  return result;
}

Result<void> SqliteStore::put_essentials(std::vector<core::Parcel>& parcels) {
  if (over_quota_) {
    strip_telemetry(parcels, "quota");
    return put_what_fits(parcels);
  }
  strip_telemetry(parcels, "disk full");
  disk_is_full();
  auto result = put(parcels, 0);
  if (result.ok() || result.error().code() != ErrorCode::full || over_quota_) return result;
  if (ballast_.held()) {
    ballast_.release();
    tools_.log.warning(kPart, "ballast released for what must not be lost");
    result = put(parcels, 0);
    if (result.ok() || result.error().code() != ErrorCode::full || over_quota_) return result;
  }
  std::uint64_t wanted = 64 << 10;
  for (const core::Parcel& parcel : parcels) {
    for (const core::Envelope& envelope : parcel.envelopes) wanted += 2 * cost_of(envelope.payload.size());
  }
  return put(parcels, wanted);
}

void SqliteStore::acknowledged(std::size_t stream, std::uint64_t sequence) {
  if (stream >= streams().size() || sequence == 0 || sequence >= streams()[stream].next_sequence) return;
  offered(stream, sequence);
  marks_.of(stream).acknowledged.add(sequence);
}

Result<void> SqliteStore::flush_acknowledged() {
  if (!marks_.any_acknowledged()) return {};
  auto result = transact_or_give_up_ballast([](Round& round) { return round.remove_acknowledged(); });
  note(result);
  return result;
}

void SqliteStore::offered(std::size_t stream, std::uint64_t sequence) {
  if (stream >= streams().size()) return;
  Mark& mark = marks_.of(stream);
  mark.offered = std::max(mark.offered, sequence);
  mark.read = std::max(mark.read, sequence);
}

Result<void> SqliteStore::move_to_end(std::size_t stream, std::span<const std::uint64_t> sequences) {
  if (stream >= streams().size()) return {};
  auto result = transact_or_give_up_ballast([&](Round& round) -> Result<void> {
    for (const std::uint64_t sequence : sequences) {
      if (auto moved = round.move_to_end(stream, sequence); !moved) return moved;
    }
    return {};
  });
  note(result);
  return result;
}

Result<void> SqliteStore::set_aside(std::size_t stream, std::uint64_t sequence, const std::string& reason) {
  if (stream >= streams().size() || sequence == 0) return {};
  bool found = false;
  auto result = transact_or_give_up_ballast([&](Round& round) -> Result<void> {
    auto aside = round.set_aside(stream, sequence, reason);
    if (!aside) return std::move(aside).error();
    found = *aside;
    return {};
  });
  note(result);
  if (result.ok() && found) {
    const Stream& from = streams()[stream];
    tools_.log.warning(kPart, "message " + std::to_string(sequence) + " of " + from.domain + "/" +
                                  std::string(core::name_of(from.kind)) + " set aside: " + reason);
  }
  return result;
}

Result<std::vector<Row>> SqliteStore::read(std::size_t stream, std::uint64_t after, std::uint64_t most) {
  auto there = ready();
  if (!there) return std::move(there).error().in("store");
  std::vector<Row> rows;
  if (stream >= streams().size() || streams()[stream].rows == 0) return rows;
  if (after >= streams()[stream].next_sequence) return rows;
  std::vector<std::uint64_t> spoiled;
  auto done = read_rows(stream, after, most, rows, spoiled);
  if (!done && done.error().code() == ErrorCode::bad_input) {
    rows.clear();
    done = replace_damaged(done.error());
  }
  if (!done) return std::move(done).error().in("store");
  for (const std::uint64_t sequence : spoiled) {
    damage_ = "a stored message was damaged";
    if (auto aside = set_aside(stream, sequence, "damaged"); !aside) return std::move(aside).error().in("store");
  }
  if (!rows.empty()) {
    Mark& mark = marks_.of(stream);
    mark.read = std::max(mark.read, rows.back().sequence);
  }
  return rows;
}

Result<void> SqliteStore::read_rows(std::size_t stream, std::uint64_t after, std::uint64_t most, std::vector<Row>& rows,
                                    std::vector<std::uint64_t>& spoiled) {
  const SequenceSet& delivered = marks_.of(stream).acknowledged;
  std::uint64_t sum = 0;
  const auto take = [&](auto&& row) {
    if (delivered.contains(row.sequence)) return true;
    if (!row.intact) {
      spoiled.push_back(row.sequence);
      return spoiled.size() < kMostSpoiled;
    }
    sum += row.payload.size();
    if (!rows.empty() && sum > most) return false;
    rows.push_back(std::forward<decltype(row)>(row));
    return true;
  };
  if (!cache_.covers(stream, after)) return file_->tables.read(stream, after, take);
  for (const Row* row = cache_.next(stream, after); row != nullptr; row = cache_.next(stream, row->sequence)) {
    if (!take(*row)) break;
  }
  return {};
}

std::map<std::string, core::StateChange> SqliteStore::states() const {
  if (file_ == nullptr) return states_kept_;
  std::map<std::string, core::StateChange> found;
  auto done = file_->tables.states(found);
  if (!done) tools_.log.error(kPart, "state: " + done.error().message());
  return found;
}

Result<void> SqliteStore::remember_boot(const core::BootFact& fact) {
  const auto same = [&](const core::BootFact& known) { return known.boot == fact.boot; };
  const auto known = std::find_if(boots_.begin(), boots_.end(), same);
  if (known != boots_.end() && known->utc_at_boot == fact.utc_at_boot && known->clock == fact.clock) return {};
  auto result = transact_or_give_up_ballast([&](Round& /*round*/) { return file_->tables.put_boot(fact); });
  note(result);
  if (!result) return result;
  const auto place = std::find_if(boots_.begin(), boots_.end(), same);
  if (place != boots_.end()) {
    *place = fact;
  } else {
    boots_.push_back(fact);
  }
  return {};
}

std::optional<core::BootFact> SqliteStore::boot(std::uint64_t boot) const {
  for (const core::BootFact& fact : boots_) {
    if (fact.boot == boot) return fact;
  }
  return std::nullopt;
}

}  // namespace afferent::outbox
