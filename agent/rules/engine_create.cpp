// Engine::create: from what the configuration says to rules that cannot be wrong any more.
#include <fmt/format.h>

#include <set>

#include "agent/rules/engine.h"
#include "agent/rules/inventory.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/wiring.h"

namespace afferent::rules {
namespace {

constexpr std::size_t kLongestSentence = 500;  // bytes

std::string kind_names() {
  std::string all;
  for (const Kind* kind : all_kinds()) all += fmt::format("{}{}", all.empty() ? "" : ", ", kind->spec.name);
  return all;
}

void check_devices(const RuleSetup& setup, std::size_t devices, Mistakes& mistakes) {
  if (setup.devices.empty()) mistakes.note(setup, "device", "names no device");
  std::set<core::DeviceId> seen;
  for (const core::DeviceId device : setup.devices) {
    if (core::index(device) >= devices) mistakes.note(setup, "device", "there is no such device");
    if (!seen.insert(device).second) mistakes.note(setup, "device", "names a device twice");
  }
}

void check_common(const RuleSetup& setup, const Kind& kind, Mistakes& mistakes) {
  if (!kind.channel_allowed) {
    if (!setup.channel.empty()) {
      mistakes.note(setup, "channel", fmt::format("has no meaning here: kind '{}' knows its channels", setup.kind));
    }
  } else if (setup.channel.empty()) {
    if (kind.channel_required)
      mistakes.note(setup, "channel", fmt::format("is missing: kind '{}' judges one", setup.kind));
  } else if (!core::is_channel_name(setup.channel)) {
    mistakes.note(setup, "channel",
                  fmt::format("'{}' is not a channel's name, such as level or volume@1", setup.channel));
  }
}

Template read_sentence(const RuleSetup& setup, Mistakes& mistakes) {
  const std::string_view text = setup.sentence.text();
  if (text.size() > kLongestSentence) {
    mistakes.note(setup, setup.sentence, "sentence",
                  fmt::format("has {} bytes, at most {} are allowed", text.size(), kLongestSentence));
    return {};
  }
  auto parsed = Template::parse(text);
  if (parsed) return std::move(parsed).value();
  mistakes.note(setup, setup.sentence, "sentence", parsed.error().message());
  return {};
}

RuleEntry make_entry(RuleSetup setup, std::size_t devices, Mistakes& mistakes) {
  RuleEntry entry;
  const std::size_t before = mistakes.count();
  if (setup.id.empty() || setup.id.find('/') != std::string::npos)
    mistakes.note(setup, "id", "must not be empty or hold a '/'");
  check_devices(setup, devices, mistakes);
  entry.own_sentence = read_sentence(setup, mistakes);
  entry.kind = kind_named(setup.kind);
  if (entry.kind == nullptr) {
    mistakes.note(setup, "kind", fmt::format("'{}' is not known; allowed: {}", setup.kind, kind_names()));
  } else {
    check_common(setup, *entry.kind, mistakes);
    const std::size_t before_options = mistakes.count();
    mistakes.check(setup, setup.options, entry.kind->spec.options);
    // A kind may rely on its table having been kept.
    if (mistakes.count() == before_options) entry.rule = entry.kind->create(setup, mistakes);
  }
  if (mistakes.count() != before) entry.rule.reset();
  entry.setup = std::move(setup);
  return entry;
}

}  // namespace

core::Result<std::unique_ptr<Engine>> Engine::create(std::vector<RuleSetup> rules, std::vector<DeviceNames> devices,
                                                     core::Random& random, Language language, core::Zone zone,
                                                     std::optional<std::int64_t> today) {
  Mistakes mistakes;
  std::vector<RuleEntry> entries;
  std::map<std::string, core::Source> places;
  const auto inventories =
      std::make_shared<Inventories>(today ? std::optional(Days(std::chrono::days(*today))) : std::nullopt);
  for (RuleSetup& setup : rules) {
    setup.inventories = inventories;
    if (setup.broken) {
      entries.push_back({});
      entries.back().setup = std::move(setup);
      continue;
    }
    const auto [place, is_new] = places.try_emplace(setup.id, setup.source);
    if (!is_new) mistakes.note(setup, "id", fmt::format("is taken by the rule at {}", place->second.text()));
    entries.push_back(make_entry(std::move(setup), devices.size(), mistakes));
  }
  check_inputs(entries, devices, mistakes);
  if (mistakes.any()) return mistakes.error();
  drop_broken(entries);
  return std::unique_ptr<Engine>(new Engine(std::move(entries), std::move(devices), random, language, std::move(zone)));
}

}  // namespace afferent::rules
