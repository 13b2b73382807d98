// Kind `cylinders`: what must not be at a reader: cylinders that are not registered, overdue for inspection, too old,
// scrapped or stolen, too many, or at two places at once. One rule looks for one of these; its alert names the
// cylinders.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "agent/rules/cylinders.h"
#include "agent/rules/kinds.h"
#include "agent/rules/options.h"
#include "agent/rules/phrases.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::size_t kNamed = 8;                       // cylinders in a sentence
constexpr Nanos kTellAgain = std::chrono::seconds(10);  // other cylinders than were told, at most so often

enum class Check : std::uint8_t { unregistered, overdue, expired, barred, too_many, two_places };

struct CheckText {
  std::string_view key;
  core::Severity severity;
  Pair one;   // "{1} at {0} ..."
  Pair many;  // "{2} cylinders at {0} ...: {1}"
  Pair none;  // what is so when the alert ends
};
// In the order of Check. 0: the place, 1: names, 2: how many, 3: how many are allowed, 4: the other place.
constexpr std::array<CheckText, 6> kChecks{{
    {"unregistered",
     core::Severity::orange,
     {"A cylinder at {0} is not registered: {1}", "{0}有1只未登记气瓶：{1}"},
     {"{2} cylinders at {0} are not registered: {1}", "{0}有{2}只未登记气瓶：{1}"},
     {"No cylinder at {0} is unregistered now", "{0}现无未登记气瓶"}},
    {"overdue",
     core::Severity::yellow,
     {"A cylinder at {0} is overdue for inspection: {1}", "{0}有1只气瓶超期未检：{1}"},
     {"{2} cylinders at {0} are overdue for inspection: {1}", "{0}有{2}只气瓶超期未检：{1}"},
     {"No cylinder at {0} is overdue for inspection now", "{0}现无超期未检气瓶"}},
    {"expired",
     core::Severity::orange,
     {"A cylinder at {0} is past its service life: {1}", "{0}有1只气瓶超过使用年限：{1}"},
     {"{2} cylinders at {0} are past their service life: {1}", "{0}有{2}只气瓶超过使用年限：{1}"},
     {"No cylinder at {0} is past its service life now", "{0}现无超过使用年限的气瓶"}},
    {"barred",
     core::Severity::red,
     {"A cylinder at {0} is scrapped or stolen: {1}", "{0}有1只报废或被盗气瓶：{1}"},
     {"{2} cylinders at {0} are scrapped or stolen: {1}", "{0}有{2}只报废或被盗气瓶：{1}"},
     {"No cylinder at {0} is scrapped or stolen now", "{0}现无报废或被盗气瓶"}},
    {"too_many",
     core::Severity::orange,
     {"There is {2} cylinder at {0}; {3} are allowed", "{0}有{2}只气瓶，超过允许的{3}只"},
     {"There are {2} cylinders at {0}; {3} are allowed", "{0}有{2}只气瓶，超过允许的{3}只"},
     {"Cylinders at {0} now: {2}; {3} are allowed", "{0}现有气瓶{2}只，允许{3}只"}},
    {"two_places",
     core::Severity::orange,
     {"A cylinder is read at {0} and at {4} at once: {1}", "1只气瓶同时出现在{0}和{4}：{1}"},
     {"{2} cylinders are read at {0} and at {4} at once: {1}", "{2}只气瓶同时出现在{0}和{4}：{1}"},
     {"No cylinder at {0} is read elsewhere at once now", "{0}的气瓶现未同时出现在别处"}},
}};

constexpr std::array kFields{
    ConfigField{.key = "check",
                .required = true,
                .allowed = "unregistered|overdue|expired|barred|too_many|two_places",
                .help = "what to look for; barred: scrapped or stolen"},
    kInventoryField,
    kConfirmField,
    kGoneField,
    kSilenceField,
    ConfigField{.key = "most",
                .type = FieldType::integer,
                .minimum = 0,
                .maximum = 100'000,
                .help = "with check = \"too_many\": how many cylinders may be there"},
    ConfigField{.key = "others",
                .type = FieldType::list,
                .help = "with check = \"two_places\": the other readers, by device id"},
};

class CheckRule final : public CylinderRule {
 public:
  std::unique_ptr<Instance> make() const override;
  Check check = Check::unregistered;
  std::size_t most = 0;
  core::Severity severity = core::Severity::yellow;
};

class CheckInstance final : public ReaderInstance {
 public:
  explicit CheckInstance(const CheckRule& rule) : ReaderInstance(rule), check_(rule) {}

  bool restore(Unpacker& /*from*/, std::optional<core::Severity> severity, const Elapsed& /*elapsed*/) override {
    told_ = severity.has_value();
    for (const auto& [tag, known] : presence_.tags()) told_tags_.insert(tag);
    return true;
  }

 private:
  void changed(const std::string&, const Presence::Tag&, Presence::Change, Context&) override {}
  void departed(const Presence::Departed&, const core::Stamp&, Context&) override {}
  void seen_elsewhere(const std::string& tag, core::DeviceId where, const core::Stamp& at) override {
    if (elsewhere_.size() >= Presence::kMost && !elsewhere_.contains(tag)) return;
    Elsewhere& other = elsewhere_[tag];
    other.last = at.boot;
    other.where = where;
    ++other.reads;
  }

  bool wrong(const std::string& tag, const core::Stamp& at, const Context& context) const {
    const Cylinder* cylinder = rule_.inventory->find(tag);
    switch (check_.check) {
      case Check::unregistered: return cylinder == nullptr;
      case Check::barred: return cylinder != nullptr && cylinder->status != Cylinder::Status::in_use;
      case Check::overdue: return cylinder != nullptr && past(cylinder->inspection_due(), at, context);
      case Check::expired: return cylinder != nullptr && past(cylinder->end_of_life(), at, context);
      case Check::too_many: return true;
      case Check::two_places: {
        const auto other = elsewhere_.find(tag);
        return other != elsewhere_.end() && other->second.reads >= rule_.timing.confirm;
      }
    }
    return false;
  }
  // Dates are not judged while the date is not known.
  static bool past(std::optional<Days> due, const core::Stamp& at, const Context& context) {
    const auto today = context.local(at);
    return due && today && today->day >= due->time_since_epoch().count();
  }

  void settled(bool changed, const core::Stamp& at, Context& context) override {
    const auto old = [&](const auto& other) { return at.boot - other.second.last >= rule_.timing.gone; };
    if (!changed && std::erase_if(elsewhere_, old) == 0) return;
    std::erase_if(elsewhere_, old);
    std::set<std::string> tags;
    for (const auto& [tag, known] : presence_.tags()) {
      if (known.here && wrong(tag, at, context)) tags.insert(tag);
    }
    const bool alert = tags.size() > (check_.check == Check::too_many ? check_.most : 0);
    if (!alert && !told_) return;
    // After a restart it takes a while until all are read again.
    if (began_ == kNotYet) began_ = at.boot;
    const bool fewer = !alert || tags.size() < told_tags_.size();
    if (fewer && at.boot - began_ < rule_.timing.gone) return look_again(began_ + rule_.timing.gone, context);
    const bool news = alert && others(tags, at, context);
    told_ = alert;
    remember_told(alert ? tags : std::set<std::string>());
    Finding found;
    found.state = alert ? Finding::State::alert : Finding::State::calm;
    found.severity = check_.severity;
    found.phrase = Phrase::cylinders;
    found.value = static_cast<double>(tags.size());
    found.badness = found.value;
    if (check_.check == Check::too_many) found.limit = static_cast<double>(check_.most);
    found.detail = words(tags, alert, context);
    found.news = news;
    context.find(at, found, found.value);
  }

  // Whether to tell now that these are not the ones that were told. Where only their number counts, that it is another.
  bool others(const std::set<std::string>& tags, const core::Stamp& at, Context& context) {
    const bool differ = check_.check == Check::too_many ? tags.size() != told_tags_.size() : tags != told_tags_;
    untold_ = told_ && (untold_ || differ);
    if (untold_ && told_at_ != kNotYet && at.boot - told_at_ < kTellAgain) {
      look_again(told_at_ + kTellAgain, context);
      return false;
    }
    if (!told_ || untold_) told_at_ = at.boot;
    return std::exchange(untold_, false);
  }

  const std::set<std::string>* lasting() const override { return &told_tags_; }
  // An alert goes on after a restart with the cylinders that it was told for, and only with these.
  void remember_told(std::set<std::string> tags) {
    for (const std::string& tag : tags) {
      if (!told_tags_.contains(tag)) keep(tag);
    }
    for (const std::string& tag : told_tags_) {
      if (!tags.contains(tag)) keep(tag);
    }
    told_tags_ = std::move(tags);
  }

  static const std::string& name_of(core::DeviceId device, const Context& context) {
    const DeviceNames& place = context.names(device);
    return place.shown();
  }

  std::string words(const std::set<std::string>& tags, bool alert, const Context& context) const {
    std::vector<std::string> names;
    std::set<std::string> elsewhere;
    for (const std::string& tag : tags) {
      const Cylinder* cylinder = rule_.inventory->find(tag);
      names.push_back(cylinder != nullptr ? cylinder->number : tag);
      const auto other = elsewhere_.find(tag);
      if (other != elsewhere_.end()) elsewhere.insert(name_of(other->second.where, context));
    }
    std::sort(names.begin(), names.end());
    const std::string list = fmt::format(
        "{}{}",
        fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamed)), ", "),
        names.size() > kNamed ? ", ..." : "");
    const CheckText& text = kChecks[static_cast<std::size_t>(check_.check)];
    const Pair& form = !alert ? text.none : names.size() == 1 ? text.one : text.many;
    return fmt::format(fmt::runtime(in(context.language(), form)), name_of(context.device(), context), list,
                       names.size(), check_.most, fmt::join(elsewhere, ", "));
  }

  const CheckRule& check_;
  static constexpr Nanos kNotYet = Nanos::min();
  struct Elsewhere {
    Nanos last{};
    std::uint32_t reads = 0;
    core::DeviceId where{};
  };

  std::map<std::string, Elsewhere> elsewhere_;  // by tag: what other readers read
  Nanos began_ = kNotYet;
  std::set<std::string> told_tags_;  // whom the alert is for
  Nanos told_at_ = kNotYet;
  bool told_ = false;
  bool untold_ = false;  // that they are others now
};

std::unique_ptr<Instance> CheckRule::make() const { return std::make_unique<CheckInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<CheckRule>();
  const core::ConfigNode& options = setup.options;
  rule->read_common(setup, mistakes);
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    if (kChecks[i].key == options["check"].text()) rule->check = static_cast<Check>(i);
  }
  rule->severity = setup.severity.value_or(kChecks[static_cast<std::size_t>(rule->check)].severity);
  rule->most = static_cast<std::size_t>(options["most"].integer());
  rule->update = Nanos::zero();  // an instance says itself what is news
  rule->calendar = rule->check == Check::overdue || rule->check == Check::expired;
  const bool counts = rule->check == Check::too_many;
  const bool compares = rule->check == Check::two_places;
  if (counts != options.has("most")) {
    mistakes.note(setup, options["most"], "most", "belongs to check = \"too_many\" and must be given with it");
  }
  if (compares != options.has("others")) {
    mistakes.note(setup, options["others"], "others", "belongs to check = \"two_places\" and must be given with it");
  }
  if (!counts && !compares && !options.has("inventory")) {
    mistakes.note(setup, "inventory", "is missing: without it nothing is known of a cylinder");
  }
  for (const core::ConfigNode& other : options["others"].list()) {
    rule->needed.push_back({.device = std::string(other.text()), .channel = "tag", .key = "others", .foreign = true});
  }
  return rule;
}

}  // namespace

constinit const Kind kCylinders{
    .spec = {"cylinders",
             "gas cylinders that must not be at a reader: unregistered, overdue, too old, barred, too many", kFields},
    .channel_required = false,
    .channel_allowed = false,
    .create = create,
    .instance_size = sizeof(CheckInstance),
    .most_learned = Presence::kMostPart};

}  // namespace afferent::rules
