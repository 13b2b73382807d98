#include "tools/simulator/bus.h"

#include <algorithm>
#include <utility>

namespace afferent::simulator {
namespace {

// A request that came in pieces further apart than the pause is still put together within this time.
constexpr core::Nanos kPatience = std::chrono::milliseconds(100);
constexpr core::Nanos kForeignGap = std::chrono::milliseconds(30);  // between a foreign request and its answer

}  // namespace

Bus::Bus(const LinePlan& plan, std::vector<std::unique_ptr<VirtualDevice>> devices, std::vector<Fault> faults,
         Scene& scene)
    : plan_(plan),
      devices_(std::move(devices)),
      scene_(scene),
      spoiler_(std::move(faults), seed_for(scene.seed, "line " + plan.id)),
      dice_(seed_for(scene.seed, "times on " + plan.id)) {}

Bus::~Bus() { detach(); }

void Bus::attach(core::Port& port) {
  port_ = &port;
  attached_ = std::make_shared<bool>(true);
  for (const Fault& fault : spoiler_.faults()) {
    if (fault.every > core::Nanos::zero()) schedule(fault);
  }
  for (const auto& device : devices_) {
    if (device->push_every() <= core::Nanos::zero()) continue;
    // Not all at the same moment; but files are there from the start.
    const double early = plan_.kind == LinePlan::Kind::iio ? 0.0 : dice_.fraction();
    const double phase = early * static_cast<double>(device->push_every().count());
    push_later(*device, core::Nanos(static_cast<std::int64_t>(phase)));
  }
  port.start(*this);
}

void Bus::detach() {
  for (auto& [peer, master] : masters_) scene_.timers.cancel(master.pause);
  masters_.clear();
  attached_.reset();
  port_ = nullptr;
}

void Bus::port_opened(std::uint32_t peer, const core::Stamp& /*at*/) {
  masters_.try_emplace(peer, plan_.modbus_tcp);
  for (const auto& device : devices_) {
    if (const core::Bytes greeting = device->greeting(); !greeting.empty()) (void)send(peer, greeting);
  }
}

void Bus::port_closed(std::uint32_t peer, const core::Stamp& /*at*/, std::string_view /*why*/) {
  const auto gone = masters_.find(peer);
  if (gone == masters_.end()) return;
  scene_.timers.cancel(gone->second.pause);
  masters_.erase(gone);
}

void Bus::port_received(std::uint32_t peer, const core::Stamp& at, core::ByteView bytes) {
  const auto found = masters_.find(peer);
  if (found == masters_.end()) return;
  if (spoiler_.echoes(scene_.seconds()) && send(peer, bytes)) note(name_of(FaultKind::echo));
  Master& master = found->second;
  const std::vector<core::Bytes> requests = master.splitter.feed(bytes);
  for (const core::Bytes& request : requests) serve(peer, request);
  if (plan_.modbus_tcp) {
    if (master.splitter.lost() && port_ != nullptr) port_->reopen("no header of Modbus TCP");
    return;
  }
  scene_.timers.cancel(master.pause);
  master.pause = scene_.timers.at(at.boot + plan_.pause, [this, peer] { paused(peer); });
}

void Bus::paused(std::uint32_t peer) {
  const auto found = masters_.find(peer);
  if (found == masters_.end()) return;
  Master& master = found->second;
  master.pause = 0;
  core::Bytes request = master.splitter.pause();
  if (request.empty()) return;
  const core::Nanos now = scene_.now();
  core::Bytes before = std::exchange(master.unanswered, {});
  if (now - master.unanswered_at > kPatience) before.clear();
  if (serve(peer, request)) return;
  if (!before.empty()) {
    before.insert(before.end(), request.begin(), request.end());
    if (serve(peer, before)) return;
    if (before.size() <= RequestSplitter::kMost) request = std::move(before);
  }
  master.unanswered = std::move(request);
  master.unanswered_at = now;
}

// False when the request is for nobody here.
bool Bus::serve(std::uint32_t peer, core::ByteView request) {
  std::vector<Reply> replies;
  bool taken = false;  // by a device that answers nothing, such as an output
  for (const auto& device : devices_) {
    Answer answer = device->answer(request, scene_.seconds());
    if (!answer.bytes.empty()) {
      replies.push_back({device.get(), std::move(answer)});
    } else if (!answer.served.empty()) {
      taken = true;
      scene_.truth.served(scene_.now(), device->id(), answer.served);
    }
  }
  if (replies.empty()) return taken;
  if (replies.size() > 1) {
    collide(peer, replies);
  } else {
    deliver(peer, std::move(replies.front()));
  }
  return true;
}

// Several answer at once: on a wire where a 0 is the stronger level only what all of them send as 1 stays 1.
void Bus::collide(std::uint32_t peer, const std::vector<Reply>& replies) {
  core::Bytes mixed;
  for (const Reply& reply : replies) {
    const core::Bytes& bytes = reply.answer.bytes;
    mixed.resize(std::max(mixed.size(), bytes.size()), 0xFF);
    std::transform(bytes.begin(), bytes.end(), mixed.begin(), mixed.begin(),
                   [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a & b); });
    note("collision", reply.device->id());
  }
  (void)send(peer, mixed);
}

void Bus::deliver(std::uint32_t peer, Reply reply) {
  VirtualDevice& device = *reply.device;
  Spoilt spoilt = spoil(reply);
  if (spoilt.bytes.empty()) return;
  auto go = [this, peer, &device, bytes = std::move(spoilt.bytes), served = std::move(reply.answer.served),
             intact = spoilt.intact] {
    if (const auto sent = send(peer, bytes); !sent) return note("unsent", device.id(), sent.error().message());
    if (intact) scene_.truth.served(scene_.now(), device.id(), served);
  };
  const core::Nanos delay = device.latency() + spoilt.delay;
  if (delay <= core::Nanos::zero()) return go();
  later(delay, std::move(go));
}

Spoilt Bus::spoil(Reply& reply) {
  const VirtualDevice& device = *reply.device;
  Spoilt spoilt = spoiler_.strike(std::move(reply.answer.bytes), device.id(), device.model(), scene_.seconds());
  for (const auto& [kind, detail] : spoilt.struck) note(name_of(kind), device.id(), detail);
  return spoilt;
}

void Bus::push_later(VirtualDevice& device, core::Nanos delay) {
  later(delay, [this, &device] { push(device); });
}

// What a device says by itself goes to everybody who is there.
void Bus::push(VirtualDevice& device) {
  push_later(device, device.push_every());
  const std::uint64_t number = device.next_push();
  if (masters_.empty()) return;
  const drivers::Occasion occasion{number, scene_.clock.now().utc};
  const double seconds = scene_.seconds();
  Reply said{&device, device.push(occasion, seconds)};
  if (said.answer.bytes.empty()) return;
  const Spoilt spoilt = spoil(said);
  if (spoilt.bytes.empty()) return;
  if (spoilt.copy) say_again(device, occasion, seconds, spoilt);
  if (spoilt.delay <= core::Nanos::zero()) return say(device, spoilt.bytes, said.answer.served, spoilt.intact);
  later(spoilt.delay, [this, &device, bytes = spoilt.bytes, served = std::move(said.answer.served),
                       intact = spoilt.intact] { say(device, bytes, served, intact); });
}

void Bus::say(VirtualDevice& device, core::ByteView bytes, const drivers::Truth& served, bool intact) {
  const bool sent = plan_.kind == LinePlan::Kind::mqtt ? publish(device, bytes) : send_to_all(bytes);
  if (!sent) return note("unsent", device.id());
  if (intact) scene_.truth.served(scene_.now(), device.id(), served);
}

// The same message, as a broker delivers it again, or what another gateway brought of it. No new values either way.
void Bus::say_again(VirtualDevice& device, const drivers::Occasion& occasion, double seconds, const Spoilt& first) {
  core::Bytes bytes = first.bytes;
  if (dice_.chance(0.5)) {
    bytes = device.push({occasion.number, occasion.utc, true}, seconds).bytes;
  }
  later(first.delay + *first.copy, [this, &device, bytes = std::move(bytes)] { (void)publish(device, bytes); });
}

void Bus::later(core::Nanos delay, std::function<void()> call) {
  scene_.timers.at(scene_.now() + delay, [attached = std::weak_ptr<bool>(attached_), call = std::move(call)] {
    if (!attached.expired()) call();
  });
}

core::Result<void> Bus::send(std::uint32_t peer, core::ByteView bytes) {
  if (quiet_ || port_ == nullptr) return core::Error(core::ErrorCode::retry, "the simulation ends");
  return port_->write(peer, bytes);
}

bool Bus::send_to_all(core::ByteView bytes) {
  bool sent = false;
  for (const auto& [peer, master] : masters_) sent = send(peer, bytes).ok() || sent;
  return sent;
}

bool Bus::publish(const VirtualDevice& device, core::ByteView bytes) {
  return !quiet_ && port_ != nullptr && port_->write_to(device.name(), bytes).ok();
}

// The next time of a fault that needs no request; up to a quarter earlier, so that it meets the polls everywhere.
void Bus::schedule(const Fault& fault) {
  const auto early = static_cast<std::int64_t>(static_cast<double>(fault.every.count()) * dice_.fraction() / 4);
  later(fault.every - core::Nanos(early), [this, &fault] { spontaneous(fault); });
}

void Bus::spontaneous(const Fault& fault) {
  schedule(fault);
  if (!fault.active(scene_.seconds())) return;
  if (fault.kind == FaultKind::foreign) return foreign(fault, 0);
  const core::Bytes bytes = spoiler_.noise(fault.bytes);
  send_to_all(bytes);
  note(name_of(fault.kind), {}, core::to_hex(bytes));
}

void Bus::foreign(const Fault& fault, std::size_t frame) {
  if (frame >= fault.frames.size()) return;
  send_to_all(fault.frames[frame]);
  note(name_of(fault.kind), {}, core::to_hex(fault.frames[frame]));
  later(kForeignGap, [this, &fault, frame] { foreign(fault, frame + 1); });
}

void Bus::note(std::string_view what, std::string_view device, std::string_view detail) {
  scene_.truth.event(scene_.now(), {what, plan_.id, device, detail});
}

}  // namespace afferent::simulator
