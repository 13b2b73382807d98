#include "drivers/modbus/questions.h"

#include <algorithm>

namespace afferent::drivers::modbus {
namespace {

bool same(const ReadRequest& left, const ReadRequest& right) {
  return left.function == right.function && left.start == right.start && left.count == right.count;
}

bool fits(const Questions::Asked& asked, const Questions::Reply& reply) {
  return asked.unit == reply.unit && asked.read.function == reply.function && asked.transaction == reply.transaction &&
         (!reply.bytes || *reply.bytes == asked.read.bytes());
}

}  // namespace

Questions::Place Questions::ours() {
  return std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.by == By::us; });
}

// The line waits for late answers before it lets us ask again: none of ours is due.
void Questions::ask(const Asked& asked) {
  std::erase_if(entries_, [](const Entry& entry) { return entry.by != By::others; });
  entries_.push_back({asked, By::us, {}});
}

void Questions::give_up(core::Nanos now) {
  const Place own = ours();
  if (own == entries_.end()) return;
  own->by = By::us_in_vain;
  own->asked.at = now;
}

void Questions::hear(const Asked& asked, bool before_ours) {
  if (entries_.size() >= kMost) {
    entries_.erase(std::find_if(entries_.begin(), entries_.end(), [](const Entry& one) { return one.by != By::us; }));
  }
  entries_.insert(before_ours ? ours() : entries_.end(), {asked, By::others, {}});
}

void Questions::expire(core::Nanos now) {
  std::erase_if(entries_, [now](const Entry& entry) { return entry.by != By::us && entry.asked.at + kPatience < now; });
}

bool Questions::expects(const Reply& reply) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return fits(entry.asked, reply); });
}

std::optional<Questions::Asked> Questions::last() const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->by == By::others) return entry->asked;
  }
  return std::nullopt;
}

Questions::Claim Questions::take(Place place, Whose whose) {
  const Claim claim{whose, place->asked};
  entries_.erase(place);
  return claim;
}

// First in, first out; but whether a device that was asked by another one after us answers us first, or lost our
// question over that, nobody can tell.
Questions::Claim Questions::answered(const Reply& reply, core::Nanos now) {
  expire(now);
  const auto is_due = [&reply](const Entry& entry) {
    return fits(entry.asked, reply) && (reply.maybe_ours || entry.by != By::us);
  };
  const Place first = std::find_if(entries_.begin(), entries_.end(), is_due);
  if (first == entries_.end()) return {};
  const Place own = reply.maybe_ours ? ours() : entries_.end();
  if (own != entries_.end() && fits(own->asked, reply)) {
    if (first < own && !same(first->asked.read, own->asked.read)) return take(first, Whose::others);
    return contest(own, reply, now);
  }
  const bool clear = std::all_of(first, entries_.end(), [&](const Entry& entry) {
    return !is_due(entry) || (entry.by == By::others && same(entry.asked.read, first->asked.read));
  });
  return take(first, clear ? Whose::others : Whose::unclear);
}

Questions::Claim Questions::contest(Place own, const Reply& reply, core::Nanos now) {
  const auto rival = [&](const Entry& entry) {
    return fits(entry.asked, reply) && !same(entry.asked.read, own->asked.read);
  };
  const Place other = std::find_if(entries_.begin(), entries_.end(), rival);
  if (other != entries_.end()) {
    own->unclear_until = std::max(own->unclear_until, other->asked.at + kPatience);
    return take(other, Whose::unclear);
  }
  return take(own, own->unclear_until > now ? Whose::lost : Whose::ours);
}

}  // namespace afferent::drivers::modbus
