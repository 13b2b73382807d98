// What of a device is known to be wrong and left out, so that what follows of that is not told as a mistake of its own.
// Single-threaded; reads no device.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/assembly/tree_places.h"
#include "agent/config/config.h"
#include "agent/config/problem.h"
#include "agent/core/driver.h"

namespace afferent::assembly {

class Doubts {
 public:
  // Of the mistakes in the text of `written`; the tables of lists that have one are taken out of `device`.
  Doubts(const core::DriverSpec& spec, const config::DeviceConfig& written, core::DriverDevice& device);

  bool none() const { return keys_.empty() && lists_.empty() && !unclear_; }
  // True where a channel may be missing for something of which no right value is known.
  bool unclear() const { return unclear_; }

  void leave_out(core::DriverDevice& device, const TreePlace& place);
  void lose_sight() { unclear_ = true; }  // something was left out that may have been right

  // Whether tables of this list were left out, so that it may be right as a whole.
  bool thinned(const TreePlace& list) const;
  // Whether the message speaks of something that was left out.
  bool named_in(std::string_view message) const;
  // Whether a table was left out that might have given this channel.
  bool may_give(std::string_view channel) const;

  // `device` with each key that was left out set to some value that is right by itself.
  std::vector<core::DriverDevice> with_right_values(const core::DriverDevice& device) const;

 private:
  void judge(const config::Problem& mistake, const config::DeviceConfig& written, core::DriverDevice& device);
  void judge_key(const config::Problem& mistake, const TreePlace& place, bool nested, core::DriverDevice& device);
  void leave_out_items(const config::Problem& mistake, const TreePlace& list, core::DriverDevice& device);
  void doubt(const TreePlace& key, core::DriverDevice& device);

  const core::DriverSpec& spec_;
  std::vector<TreePlace> keys_;     // of the driver's fields
  std::vector<TreePlace> lists_;    // of which tables were left out
  std::vector<std::string> names_;  // that the tables which were left out give
  bool unclear_ = false;
};

}  // namespace afferent::assembly
