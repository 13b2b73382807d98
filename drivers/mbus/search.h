// Looks for slaves nobody told us of: asks, and decides from what comes back what to ask next. Loop-bound; no I/O.
// Source: EN 13757-3 clause 11.5 (wildcard search), "The M-Bus: A Documentation" 4.8, section 7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/driver.h"
#include "drivers/mbus/address.h"

namespace afferent::drivers::mbus {

class Search {
 public:
  enum class Outcome : std::uint8_t {
    silent,
    acknowledged,  // E5 and nothing else
    garbled,       // bytes that are no frame: several slaves spoke at once
    answered,      // with data
  };

  virtual ~Search() = default;
  // The request to send now; nothing when the search is over.
  virtual std::optional<core::Bytes> request() const = 0;
  virtual bool wants_data() const = 0;  // else an E5
  // What came of it; who is found is reported to `sink`. `identity` is that of the answer, where it has one.
  virtual void outcome(Outcome outcome, const std::optional<Identity>& identity, core::Sink& sink) = 0;
  virtual std::string position() const = 0;  // how far it came, for people

  std::size_t found() const { return found_; }

 protected:
  void report(const std::string& id, const std::string& what, core::Sink& sink);

 private:
  std::size_t found_ = 0;
};

// Selects by identification number; where several answer at once, by one more of its digits.
std::unique_ptr<Search> search_secondary(const Pattern& mask);
// Asks each primary address of a range.
std::unique_ptr<Search> search_primary(std::uint8_t first, std::uint8_t last);

}  // namespace afferent::drivers::mbus
