// Kind `custody`: tells of each cylinder when it arrives at a reader, moves between its antennas, and departs. It
// raises no alert; kind `cylinders` does.
#include <fmt/format.h>

#include <array>

#include "agent/rules/cylinders.h"
#include "agent/rules/kinds.h"
#include "agent/rules/phrases.h"

namespace afferent::rules {
namespace {

constexpr std::array kFields{
    kInventoryField,
    kConfirmField,
    kGoneField,
    kSilenceField,
    core::ConfigField{.key = "present",
                      .type = core::FieldType::duration,
                      .standard = "10 min",
                      .minimum = 0,
                      .maximum = kLongest,
                      .help = "one that has stayed this long is told as present; 0: never"},
    core::ConfigField{.key = "leaving",
                      .standard = "departed",
                      .allowed = "departed|missing",
                      .help = "what it means that a cylinder is not there any more: missing where it has to stay"},
};

struct StateText {
  std::string_view state;
  Pair text;
};
enum State : std::size_t { kArrived, kMoved, kPresent, kDeparted, kMissing };
// In the order of State.
constexpr std::array<StateText, 5> kStates{{{"arrived", {"{} has arrived at {}.", "{}已到达{}。"}},
                                            {"moved", {"{} has moved within {}.", "{}在{}内移动。"}},
                                            {"present", {"{} is kept at {}.", "{}存放在{}。"}},
                                            {"departed", {"{} has left {}.", "{}已离开{}。"}},
                                            {"missing", {"{} is missing at {}.", "{}在{}失踪。"}}}};

class CustodyRule final : public CylinderRule {
 public:
  std::unique_ptr<Instance> make() const override;
  std::size_t leaving = kDeparted;
  core::Nanos present{};
};

class CustodyInstance final : public ReaderInstance {
 public:
  explicit CustodyInstance(const CustodyRule& rule) : ReaderInstance(rule), custody_(rule) {}

 private:
  void changed(const std::string& tag, const Presence::Tag& now, Presence::Change change, Context& context) override {
    tell(tag, now, now.last, change == Presence::Change::arrived ? kArrived : kMoved, context);
  }
  void departed(const Presence::Departed& gone, const core::Stamp& /*at*/, Context& context) override {
    tell(gone.tag, gone.was, gone.was.last, custody_.leaving, context);
  }

  void settled(bool changed, const core::Stamp& at, Context& context) override {
    if (!changed || custody_.present == core::Nanos::zero()) return;
    for (auto& [tag, known] : presence_.tags()) {
      if (!known.here || known.stayed || at.boot - known.first.boot < custody_.present) continue;
      known.stayed = true;
      tell(tag, known, at, kPresent, context);
    }
  }

  void tell(const std::string& tag, const Presence::Tag& known, const core::Stamp& at, std::size_t state,
            Context& context) {
    const Cylinder* cylinder = rule_.inventory->find(tag);
    core::Custody custody;
    custody.tag = tag;
    custody.at = at;
    custody.state = kStates[state].state;
    custody.antenna = known.at.antenna;
    custody.rssi = known.at.rssi;
    custody.dwell = std::chrono::duration<double>(known.last.boot - known.first.boot).count();
    if (cylinder != nullptr) {
      custody.cylinder = cylinder->number;
      custody.owner = cylinder->owner;
    }
    const DeviceNames& names = context.names(context.device());
    const Pair what =
        cylinder != nullptr ? Pair{"Cylinder {}", "气瓶{}"} : Pair{"Unregistered cylinder {}", "未登记气瓶{}"};
    const std::string who =
        fmt::format(fmt::runtime(in(context.language(), what)), cylinder != nullptr ? cylinder->number : tag);
    custody.sentence = fmt::format(fmt::runtime(in(context.language(), kStates[state].text)), who, names.shown());
    context.custody(std::move(custody));
    keep(tag);
  }

  const CustodyRule& custody_;
};

std::unique_ptr<Instance> CustodyRule::make() const { return std::make_unique<CustodyInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<CustodyRule>();
  rule->read_common(setup, mistakes);
  rule->leaving = setup.options["leaving"].text("departed") == "missing" ? kMissing : kDeparted;
  rule->present = duration(setup.options["present"], core::Seconds(600));
  return rule;
}

}  // namespace

constinit const Kind kCustody{
    .spec = {"custody", "tells when a cylinder arrives at a reader, moves and departs", kFields},
    .channel_required = false,
    .channel_allowed = false,
    .create = create,
    .instance_size = sizeof(CustodyInstance),
    .most_learned = Presence::kMostPart};

}  // namespace afferent::rules
