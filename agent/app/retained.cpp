#include "agent/app/retained.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "agent/core/bytes.h"

namespace afferent::app {
namespace {

constexpr std::uint32_t kVersion = 1;

}  // namespace

void Retained::restore(const std::map<std::string, core::StateChange>& states) {
  const auto found = states.find(key_);
  if (found == states.end() || found->second.version != kVersion) return;
  std::string_view rest = core::as_text(found->second.bytes);
  while (!rest.empty()) {
    const std::string_view topic = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), topic.size() + 1));
    // Under another name this node may not write there any more.
    if (topic.find("/" + node_ + "/") != topic.npos || topic.ends_with("/" + node_)) there_.emplace(topic);
  }
}

bool Retained::publish(std::string topic, core::Bytes payload) {
  changed_ = there_.insert(topic).second || changed_;
  fresh_.insert(topic);
  return down_.send(core::SlotMessage{std::move(topic), std::move(payload)});
}

void Retained::settle() {
  for (auto topic = there_.begin(); topic != there_.end();) {
    // An empty retained message deletes it at the broker.
    const bool gone = !fresh_.contains(*topic) && down_.send(core::SlotMessage{*topic, {}});
    changed_ = changed_ || gone;
    topic = gone ? there_.erase(topic) : std::next(topic);
  }
  fresh_.clear();
  if (std::exchange(changed_, false)) save();
}

void Retained::save() {
  std::string text;
  for (const std::string& topic : there_) text += topic + "\n";
  core::Parcel parcel;
  const core::ByteView bytes = core::as_bytes(text);
  parcel.changes.push_back({key_, kVersion, core::Bytes(bytes.begin(), bytes.end())});
  down_.send(std::move(parcel));
}

}  // namespace afferent::app
