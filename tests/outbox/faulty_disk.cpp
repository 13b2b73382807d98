#include "tests/outbox/faulty_disk.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace afferent::test {
namespace {

struct OpenFile {
  sqlite3_file base;  // first: SQLite's own part
  FaultyDisk* disk;
  std::shared_ptr<FaultyDisk::File> file;
};

OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int close(sqlite3_file* file) {
  of(file).file.~shared_ptr();
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  if (of(file).disk->is_dead()) return SQLITE_IOERR_READ;
  const std::string& content = of(file).file->content;
  const auto at = static_cast<std::size_t>(offset);
  const auto wanted = static_cast<std::size_t>(size);
  std::memset(into, 0, wanted);
  if (at >= content.size()) return SQLITE_IOERR_SHORT_READ;
  const std::size_t there = std::min(wanted, content.size() - at);
  std::memcpy(into, content.data() + at, there);
  return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  return of(file).disk->write(*of(file).file, static_cast<std::uint64_t>(offset),
                              std::string(static_cast<const char*>(from), static_cast<std::size_t>(size)));
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return of(file).disk->truncate(*of(file).file, static_cast<std::uint64_t>(size));
}

int sync(sqlite3_file* file, int /*flags*/) { return of(file).disk->sync(*of(file).file); }

int size_of(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(of(file).file->content.size());
  return SQLITE_OK;
}

int lock(sqlite3_file* /*file*/, int /*level*/) { return SQLITE_OK; }
int reserved(sqlite3_file* /*file*/, int* result) {
  *result = 0;
  return SQLITE_OK;
}
int control(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) { return SQLITE_NOTFOUND; }
int sector(sqlite3_file* /*file*/) { return 4096; }
int characteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// Version 1 has no shared memory: the store has to do without it.
const sqlite3_io_methods kMethods{.iVersion = 1,
                                  .xClose = close,
                                  .xRead = read,
                                  .xWrite = write,
                                  .xTruncate = truncate,
                                  .xSync = sync,
                                  .xFileSize = size_of,
                                  .xLock = lock,
                                  .xUnlock = lock,
                                  .xCheckReservedLock = reserved,
                                  .xFileControl = control,
                                  .xSectorSize = sector,
                                  .xDeviceCharacteristics = characteristics,
                                  .xShmMap = nullptr,
                                  .xShmLock = nullptr,
                                  .xShmBarrier = nullptr,
                                  .xShmUnmap = nullptr,
                                  .xFetch = nullptr,
                                  .xUnfetch = nullptr};

FaultyDisk& disk_of(sqlite3_vfs* system) { return *static_cast<FaultyDisk*>(system->pAppData); }

int open(sqlite3_vfs* system, const char* name, sqlite3_file* file, int flags, int* out) {
  FaultyDisk& disk = disk_of(system);
  file->pMethods = nullptr;
  if (disk.is_dead()) return SQLITE_CANTOPEN;
  auto found = disk.find(name == nullptr ? "temporary" : name, (flags & SQLITE_OPEN_CREATE) != 0);
  if (found == nullptr) return SQLITE_CANTOPEN;
  of(file).disk = &disk;
  new (&of(file).file) std::shared_ptr<FaultyDisk::File>(std::move(found));
  file->pMethods = &kMethods;
  if (out != nullptr) *out = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* system, const char* name, int /*sync*/) { return disk_of(system).remove(name); }

int access(sqlite3_vfs* system, const char* name, int /*flags*/, int* result) {
  *result = disk_of(system).has(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_name(sqlite3_vfs* /*system*/, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* /*system*/, int size, char* out) {
  for (int index = 0; index < size; ++index) out[index] = static_cast<char>(index * 37 + 11);
  return size;
}

int sleep(sqlite3_vfs* /*system*/, int micros) { return micros; }
int now(sqlite3_vfs* /*system*/, double* days) {
  *days = 2461000.5;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs* /*system*/, int /*size*/, char* /*out*/) { return 0; }

sqlite3_vfs& the_system() {
  static sqlite3_vfs system = [] {
    sqlite3_vfs made{};
    made.iVersion = 1;
    made.szOsFile = static_cast<int>(sizeof(OpenFile));
    made.mxPathname = 512;
    made.zName = "faulty";
    made.xOpen = open;
    made.xDelete = remove;
    made.xAccess = access;
    made.xFullPathname = full_name;
    made.xRandomness = randomness;
    made.xSleep = sleep;
    made.xCurrentTime = now;
    made.xGetLastError = last_error;
    return made;
  }();
  return system;
}

void perform(std::string& content, const FaultyDisk::Write& write) {
  const auto offset = static_cast<std::size_t>(write.offset);
  if (write.bytes.empty()) {
    content.resize(offset);
    return;
  }
  if (content.size() < offset + write.bytes.size()) content.resize(offset + write.bytes.size());
  content.replace(offset, write.bytes.size(), write.bytes);
}

}  // namespace

FaultyDisk::FaultyDisk() {
  sqlite3_initialize();
  the_system().pAppData = this;
  REQUIRE(sqlite3_vfs_register(&the_system(), 1) == SQLITE_OK);
}

FaultyDisk::~FaultyDisk() { sqlite3_vfs_unregister(&the_system()); }

std::uint64_t FaultyDisk::used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, file] : files_) sum += file->content.size();
  return sum;
}

int FaultyDisk::change() {
  if (dead_) return SQLITE_IOERR;
  if (broken) return SQLITE_IOERR_WRITE;
  ++changes_;
  if (cut_at_ == 0 || changes_ < cut_at_) return SQLITE_OK;
  dead_ = true;
  return SQLITE_IOERR;
}

// The change at which the power fails may have been under way, so it counts among the unsynced ones.
int FaultyDisk::write(File& file, std::uint64_t offset, std::string bytes) {
  const bool was_dead = dead_;
  const int status = change();
  if (status != SQLITE_OK && (was_dead || !dead_)) return status;
  const std::uint64_t end = offset + bytes.size();
  if (end > file.content.size() && used() + end - file.content.size() > capacity) return SQLITE_FULL;
  file.unsynced.push_back({offset, std::move(bytes)});
  perform(file.content, file.unsynced.back());
  return status;
}

int FaultyDisk::truncate(File& file, std::uint64_t size) {
  const int status = change();
  if (status != SQLITE_OK) return status;
  file.unsynced.push_back({size, {}});
  perform(file.content, file.unsynced.back());
  return SQLITE_OK;
}

int FaultyDisk::sync(File& file) {
  const int status = change();
  if (status != SQLITE_OK) return status;
  ++syncs;
  file.durable = file.content;
  file.unsynced.clear();
  file.name_durable = true;
  return SQLITE_OK;
}

int FaultyDisk::remove(const std::string& path) {
  const int status = change();
  if (status != SQLITE_OK) return status;
  return files_.erase(path) != 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

std::shared_ptr<FaultyDisk::File> FaultyDisk::find(const std::string& path, bool create) {
  const auto found = files_.find(path);
  if (found != files_.end()) return found->second;
  if (!create) return nullptr;
  return files_[path] = std::make_shared<File>();
}

void FaultyDisk::power_on(std::uint64_t seed) {
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  for (auto file = files_.begin(); file != files_.end();) {
    File& one = *file->second;
    if (!one.name_durable && random() % 2 == 0) {
      file = files_.erase(file);
      continue;
    }
    for (Write& write : one.unsynced) {
      const std::size_t fate = random() % 4;  // lost, torn, or kept
      if (fate == 0) continue;
      if (fate == 1 && write.bytes.size() > 512) write.bytes.resize(512 * (1 + random() % (write.bytes.size() / 512)));
      perform(one.durable, write);
    }
    one.unsynced.clear();
    one.content = one.durable;
    one.name_durable = true;
    ++file;
  }
  dead_ = false;
  cut_at_ = 0;
}

}  // namespace afferent::test
