// The register of gas cylinders: whose they are, and until when they may be used. Read from the text of a CSV file at
// start. Value types.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/config_tree.h"

namespace afferent::rules {

using Days = std::chrono::sys_days;  // a date, whatever the time zone

struct Cylinder {
  std::string number;
  std::string owner;
  std::string standard;   // edition by which it was made, e.g. "GB 5842-2006"
  double capacity = 0.0;  // kg of gas; 0: not said
  std::optional<Days> made;
  std::optional<Days> filled;
  std::optional<Days> inspected;
  enum class Status : unsigned char { in_use, scrapped, stolen } status = Status::in_use;

  // The first day on which it is overdue, or too old; nothing where the dates for it are not known.
  std::optional<Days> inspection_due() const;
  std::optional<Days> end_of_life() const;
};

class Inventory {
 public:
  static constexpr std::size_t kMost = 200'000;  // cylinders

  struct Fault {
    std::uint32_t line = 0;
    std::string what;  // "made '2020-13-01' must be a date such as 2021-05-31"
  };
  struct Read;

  // First line: the names of the columns, tag and cylinder among them; also owner, standard, capacity_kg, made, filled,
  // inspected (YYYY-MM-DD), status (in use, scrapped, stolen).
  // `today`: dates behind it are faults; nothing: what day it is, is not known.
  static Read parse(std::string_view csv, std::optional<Days> today = {});

  // By the tag's EPC in hexadecimal, in any case; null for one that is not registered.
  const Cylinder* find(std::string_view tag) const;
  std::size_t size() const { return cylinders_.size(); }

  struct Column;  // in inventory.cpp
  class Faults;

 private:
  struct Reading;  // of one file
  void read_line(std::string_view line, std::uint32_t number, const Reading& reading, Faults& faults);

  std::unordered_map<std::string, Cylinder> cylinders_;
};

struct Inventory::Read {
  std::shared_ptr<const Inventory> inventory;
  std::vector<Fault> faults;  // at most 21: when there are more, the last says how many
};

// The registers that rules name, each file read once however many rules name it. Loop-bound.
class Inventories {
 public:
  explicit Inventories(std::optional<Days> today = {}) : today_(today) {}

  // Faults are told to the first who asks for a file.
  Inventory::Read of(const core::Contents& file);

 private:
  const std::optional<Days> today_;
  std::map<std::shared_ptr<const std::string>, std::shared_ptr<const Inventory>> known_;  // by the file's text
};

std::string upper_hex(std::string_view tag);

}  // namespace afferent::rules
