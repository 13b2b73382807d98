// A disk in memory for SQLite that forgets what was not synced when the power fails, fills up, or breaks. While it
// lives it is SQLite's default file system; one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace afferent::test {

class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // The power fails at the n-th change (write, truncation, sync, removal) from now; 0: never. What comes after fails.
  void cut_power_at(std::uint64_t change) { cut_at_ = change == 0 ? 0 : changes_ + change; }
  bool is_dead() const { return dead_; }
  std::uint64_t changes() const { return changes_; }
  // Each write since its file's last sync is kept, lost or torn, as `seed` has it.
  void power_on(std::uint64_t seed);

  std::uint64_t capacity = UINT64_MAX;  // bytes of all files; beyond it writes say SQLITE_FULL
  bool broken = false;                  // writes and syncs say SQLITE_IOERR
  std::uint64_t syncs = 0;

  bool has(const std::string& path) const { return files_.contains(path); }
  std::uint64_t used() const;

  // For SQLite's callbacks only.
  struct Write {
    std::uint64_t offset;
    std::string bytes;  // empty: a truncation to `offset`
  };
  struct File {
    std::string content;  // as the running system sees it
    std::string durable;
    std::vector<Write> unsynced;
    bool name_durable = false;
  };
  int change();  // counts one; SQLITE_OK or why it fails
  int write(File& file, std::uint64_t offset, std::string bytes);
  int truncate(File& file, std::uint64_t size);
  int sync(File& file);
  int remove(const std::string& path);
  std::shared_ptr<File> find(const std::string& path, bool create);

 private:
  std::map<std::string, std::shared_ptr<File>> files_;
  std::uint64_t changes_ = 0;
  std::uint64_t cut_at_ = 0;
  bool dead_ = false;
};

}  // namespace afferent::test
