#include "agent/assembly/broken_rules.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "agent/assembly/rules.h"
#include "agent/assembly/tree_places.h"

namespace afferent::assembly {
namespace {

constexpr std::size_t kMostTried = 100;  // rules; who has made more mistakes than that comes back anyway

bool speaks_of(const config::Problem& problem, std::string_view key, const core::ConfigNode& value) {
  const std::string whole = "rule." + std::string(key);
  const bool named =
      problem.key == whole || problem.key.starts_with(whole + ".") || problem.key.starts_with(whole + "[");
  return named && problem.source.file == value.source().file;
}

bool within(const config::Problem& problem, const config::RuleConfig& rule) {
  return problem.source.file == rule.source.file && problem.source.line >= rule.source.line;
}

// The rule without what is known to be wrong; not broken when something is left to judge.
config::RuleConfig rest_of(const config::RuleConfig& rule, const config::Problems& told) {
  config::RuleConfig rest = rule;
  core::ConfigNode::Table options = rule.options.table();
  std::erase_if(options, [&](const auto& option) {
    return std::any_of(told.begin(), told.end(), [&](const config::Problem& problem) {
      return within(problem, rule) && speaks_of(problem, option.first, option.second);
    });
  });
  rest.options = core::ConfigNode(std::move(options), rule.options.source());
  rest.broken = rest.kind.empty() || rest.devices.empty();
  return rest;
}

config::Problems said_of(const config::Config& config, const Drivers& drivers, core::Random& random,
                         const core::Zone& zone, const core::Stamp& now) {
  config::Problems said;
  const auto engine = make_engine(config, random, zone, now);
  if (!engine) return config::located_lines(engine.error().message());
  tell_channels(drivers.placed, **engine);
  for (const core::Error& error : (*engine)->check()) {
    for (config::Problem& problem : config::located_lines(error.message())) said.push_back(std::move(problem));
  }
  return said;
}

// Said at a key of the rule of which nothing was told.
bool is_news(const config::Problem& problem, const config::RuleConfig& rule, const config::Problems& told) {
  if (problem.key != "rule '" + rule.id + "'" || same_place(problem.source, rule.source)) return false;
  return std::none_of(told.begin(), told.end(),
                      [&problem](const config::Problem& one) { return same_place(one.source, problem.source); });
}

// What is left of it may be no rule of its kind any more; a simple one tells at least whether the channel is there.
config::RuleConfig stand_in_of(config::RuleConfig rule) {
  core::ConfigNode::Table options;
  options.emplace("after", core::ConfigNode(3600.0, {}));
  rule.kind = "silent";
  rule.options = core::ConfigNode(std::move(options), rule.source);
  rule.broken = rule.channel.empty();
  return rule;
}

}  // namespace

config::Problems further_mistakes(const config::Config& config, const config::Problems& told, const Drivers& drivers,
                                  core::Random& random, const core::Zone& zone, const core::Stamp& now) {
  config::Problems further;
  config::Config tried = config;
  std::size_t tries = 0;
  for (std::size_t i = 0; i < config.rules.size() && tries < kMostTried; ++i) {
    const config::RuleConfig& rule = config.rules[i];
    if (!rule.broken) continue;
    tried.rules[i] = rest_of(rule, told);
    if (tried.rules[i].broken) continue;
    ++tries;
    const auto keep = [&](config::Problems said) {
      for (config::Problem& problem : said) {
        if (is_news(problem, rule, told) && is_news(problem, rule, further)) further.push_back(std::move(problem));
      }
    };
    keep(said_of(tried, drivers, random, zone, now));
    tried.rules[i] = stand_in_of(tried.rules[i]);
    keep(said_of(tried, drivers, random, zone, now));
    tried.rules[i].broken = true;
  }
  return further;
}

}  // namespace afferent::assembly
