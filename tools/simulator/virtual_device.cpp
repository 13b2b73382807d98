#include "tools/simulator/virtual_device.h"

#include "tools/simulator/dice.h"

namespace afferent::simulator {

core::Result<std::unique_ptr<VirtualDevice>> VirtualDevice::create(const DevicePlan& plan, std::uint64_t seed) {
  const Model* model = plan.driver == nullptr ? nullptr : find_model(plan.driver->name);
  if (model == nullptr) return core::Error(core::ErrorCode::bug, "device '" + plan.id + "' has no model");
  auto device = model->create(plan.setup);
  if (!device) return std::move(device).error().in("device '" + plan.id + "'");
  return std::unique_ptr<VirtualDevice>(
      new VirtualDevice(plan, *model, std::move(device).value(), seed_for(seed, plan.id)));
}

VirtualDevice::VirtualDevice(const DevicePlan& plan, const Model& model,
                             std::unique_ptr<drivers::SimulatedDevice> device, std::uint64_t seed)
    : id_(plan.id), model_(model), latency_(plan.latency), push_every_(plan.push), device_(std::move(device)) {
  for (const SignalPlan& signal : plan.signals) {
    signals_.emplace_back(signal.channel, make_signal(signal, plan.signals, seed));
  }
}

drivers::Truth VirtualDevice::truth(double seconds) const {
  drivers::Truth now;
  for (const auto& [channel, signal] : signals_) {
    Sample sample = signal->at(seconds);
    if (auto* text = std::get_if<std::string>(&sample)) {
      now.texts.emplace(channel, std::move(*text));
    } else {
      now.numbers.emplace(channel, std::get<double>(sample));
    }
  }
  return now;
}

Answer VirtualDevice::answer(core::ByteView request, double seconds) {
  Answer answer;
  answer.bytes = device_->answer(request, truth(seconds), answer.served);
  return answer;
}

Answer VirtualDevice::push(const drivers::Occasion& occasion, double seconds) {
  Answer said;
  said.bytes = device_->push(occasion, truth(seconds), said.served);
  return said;
}

}  // namespace afferent::simulator
