// Which retained messages of this node stand at the broker, over restarts too: what is no longer published, because its
// domain has gone or its state needs fewer pages, is taken back. Loop-bound.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "agent/app/downlink.h"
#include "agent/core/envelope.h"

namespace afferent::app {

class Retained {
 public:
  // `key`: under which it is remembered.
  Retained(Downlink& down, std::string key, std::string node)
      : down_(down), key_(std::move(key)), node_(std::move(node)) {}

  void restore(const std::map<std::string, core::StateChange>& states);

  bool publish(std::string topic, core::Bytes payload);  // false when it did not fit
  // All that is of use has been published since the last call: takes back the rest.
  void settle();

 private:
  void save();

  Downlink& down_;
  const std::string key_;
  const std::string node_;
  std::set<std::string> there_;  // at the broker, as far as known
  std::set<std::string> fresh_;  // published since settle()
  bool changed_ = false;
};

}  // namespace afferent::app
