// The store on SQLite: what is tried when, and what is given up when it does not work. Belongs to the deliver
// thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/outbox/ballast.h"
#include "agent/outbox/lock.h"
#include "agent/outbox/marks.h"
#include "agent/outbox/round.h"
#include "agent/outbox/row_cache.h"
#include "agent/outbox/store.h"
#include "agent/outbox/store_file.h"

namespace afferent::outbox {

// A checkpoint is due when the WAL is between so many pages of 4 kB long: the fewer, the longer checkpoints take here.
inline constexpr int kLeastCheckpointPages = 32;
inline constexpr int kMostCheckpointPages = 256;

class SqliteStore final : public Store {
 public:
  SqliteStore(StoreOptions options, StoreTools tools, StoreLock lock);
  ~SqliteStore() override;
  core::Result<void> start();  // once, before anything else; failures as Store::open()

  core::Result<void> commit(std::vector<core::Parcel>& parcels) override;
  void acknowledged(std::size_t stream, std::uint64_t sequence) override;
  core::Result<void> flush_acknowledged() override;
  core::Result<std::vector<Row>> read(std::size_t stream, std::uint64_t after, std::uint64_t most) override;
  void offered(std::size_t stream, std::uint64_t sequence) override;
  core::Result<void> move_to_end(std::size_t stream, std::span<const std::uint64_t> sequences) override;
  core::Result<void> set_aside(std::size_t stream, std::uint64_t sequence, const std::string& reason) override;
  const std::vector<Stream>& streams() const override { return book_.streams; }
  std::uint64_t epoch() const override { return epoch_; }
  std::uint64_t bytes() const override { return book_.bytes(); }
  std::uint64_t committed_readings() const override { return book_.committed_readings; }
  std::uint64_t dropped_readings() const override { return book_.dropped_readings; }
  std::string trouble() const override;
  std::map<std::string, core::StateChange> states() const override;
  core::Result<void> remember_boot(const core::BootFact& fact) override;
  std::optional<core::BootFact> boot(std::uint64_t boot) const override;
  void tidy() override;

 private:
  using Work = std::function<core::Result<void>(Round&)>;

  // Transactions: all of the work or nothing of it. A damaged database is replaced and the work done on the new one.
  core::Result<void> transact(const Work& work);
  core::Result<void> transact_once(const Work& work);
  core::Result<void> transact_or_give_up_ballast(const Work& work);
  void adopt(Round& round);
  void note(const core::Result<void>& result);

  // Commit: with everything; or, on a full disk or quota, without the telemetry of the parcels.
  core::Result<void> put(std::span<core::Parcel> parcels, std::uint64_t make_room);
  core::Result<void> put_what_fits(std::vector<core::Parcel>& parcels);
  core::Result<void> put_essentials(std::vector<core::Parcel>& parcels);
  void strip_telemetry(std::vector<core::Parcel>& parcels, const std::string& reason);

  // Full disk.
  void disk_is_full();
  void regain_space();
  bool has_room_inside();
  void disk_has_room();
  void checkpoint();

  // Damage. Without a file each call tries first to begin anew.
  core::Result<void> open_file();
  core::Result<void> ready() { return file_ != nullptr ? core::Result<void>() : begin_anew(); }
  core::Result<void> replace_damaged(const core::Error& why);
  core::Result<void> begin_anew();
  core::Result<void> carry_over();

  // Rows that are not what was committed go to `spoiled`.
  core::Result<void> read_rows(std::size_t stream, std::uint64_t after, std::uint64_t most, std::vector<Row>& rows,
                               std::vector<std::uint64_t>& spoiled);

  const StoreOptions options_;
  const StoreTools tools_;
  const StoreLock lock_;
  const Quota quota_;
  Ballast ballast_;
  std::unique_ptr<StoreFile> file_;  // null only while a damaged one could not be replaced yet
  Book book_;
  std::vector<core::BootFact> boots_;
  std::uint64_t epoch_ = 0;
  Marks marks_;
  RowCache cache_;
  std::vector<Loss> losses_;  // dropped before commit, and not yet told in a Gap
  int checkpoint_pages_;      // a checkpoint is due when the WAL is as long
  bool over_quota_ = false;   // the last transaction was refused by the quota, not by the disk
  bool disk_full_ = false;
  std::string io_trouble_;                                // since the last transaction that worked
  bool to_set_aside_ = false;                             // the file is damaged and still in its place
  std::map<std::string, core::StateChange> states_kept_;  // of the damaged file, for the new one
  std::string damage_;                                    // what was set aside since the start
};

}  // namespace afferent::outbox
